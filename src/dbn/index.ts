export {
  ACTION,
  FLAG,
  SIDE,
  UNDEF_ORDER_SIZE,
  UNDEF_PRICE,
  UNDEF_PRICE_F64,
  UNDEF_TIMESTAMP,
} from './constants.ts';
export { MboColumns } from './mbo-columns.ts';
