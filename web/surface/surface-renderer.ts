import { type Camera, columnsPerPixel, rowsPerPixel, type Viewport } from './camera.ts';
import { LUT_SIZE, type Rgb, rgbOfHex } from './colour-maps.ts';
import type { ColourRange } from './contrast.ts';
import { type FrameHistory, TABLE_WIDTH } from './frame-history.ts';
import { type GlProgram, makeProgram, makeTexture } from './gl-program.ts';
import type { HistoryLayout } from './history-layout.ts';
import type { SurfacePalette } from './scene.ts';
import type { ContourSettings } from './surface-inputs.ts';
import {
  CELL_SHADER,
  CELL_UNIFORMS,
  SCREEN_SHADER,
  SCREEN_UNIFORMS,
  VERTEX_SHADER,
} from './surface-shader.ts';

/** Width of the table texture, texels. */
const TABLE_COLUMNS = 2048;
/** Distance of the specks that mark 'no data', device pixels. */
const SPECK_STEP = 6;

/** Most cells in a picture, each way: the size of the texture between the passes. */
const MAX_CELLS = { columns: 2048, rows: 512 };

/** Units of the textures. */
const UNIT = { data: 0, table: 1, lut: 2, cells: 3, contour: 4 } as const;
/** Width of a contour, CSS pixels. */
const CONTOUR_PX = 1.3;

/** What a picture depends on besides the data. */
export interface SurfaceLook {
  camera: Camera;
  viewport: Viewport;
  column: string;
  range: ColourRange;
  lut: Uint8Array;
  /** How much of the cells shows, 0 to 1. */
  opacity: number;
  contour: ContourSettings | null;
  palette: Pick<SurfacePalette, 'background' | 'contour' | 'noData' | 'outline'>;
  /** Device pixels in a CSS pixel. */
  pixelRatio: number;
}

interface Resources {
  layout: HistoryLayout;
  cells: GlProgram<(typeof CELL_UNIFORMS)[number]>;
  screen: GlProgram<(typeof SCREEN_UNIFORMS)[number]>;
  /** Where the first pass draws. */
  target: WebGLFramebuffer;
  textures: WebGLTexture[];
  /** What the textures of values hold. */
  data: Uploaded;
  /** Null until contours are first asked for. */
  contour: Uploaded | null;
  /** Newest column in the table. */
  tableColumn: number;
  lut: Uint8Array | null;
}

/** A stored column in a texture: which one, and the frames of it that are there. */
interface Uploaded {
  column: string;
  epoch: number;
  frames: number;
}

const NOTHING: Uploaded = { column: '', epoch: -1, frames: 0 };
const share = ([r, g, b]: Rgb) => [r / 255, g / 255, b / 255] as const;

/** The cells of a picture: the first one and how many, and how the screen lies over them. */
interface CellWindow {
  firstColumn: number;
  firstRow: number;
  stride: number;
  columns: number;
  rows: number;
  /** Place of the lower left corner of the screen, and the step of a device pixel, in cells. */
  corner: [number, number];
  perPixel: [number, number];
}

/**
 * Columns that one pixel stands for: the power of two at or above the columns across a device
 * pixel.
 */
export function strideFor(columnsPerDevicePixel: number): number {
  let stride = 1;
  while (stride < columnsPerDevicePixel) stride *= 2;
  return stride;
}

/** The cells that a picture of `width` x `height` device pixels shows. */
function cellWindow(look: SurfaceLook, width: number, height: number): CellWindow {
  const { camera, viewport } = look;
  const columns = columnsPerPixel(camera, viewport) * viewport.width;
  const rows = rowsPerPixel(camera, viewport) * viewport.height;
  const stride = strideFor(Math.max(columns / width, columns / (MAX_CELLS.columns - 2)));
  const left = camera.right - columns;
  const bottom = camera.centre - rows / 2 + 0.5;
  const firstColumn = Math.floor(left / stride) * stride;
  const firstRow = Math.floor(bottom);
  return {
    firstColumn,
    firstRow,
    stride,
    columns: Math.min(MAX_CELLS.columns, Math.ceil(columns / stride) + 2),
    rows: Math.min(MAX_CELLS.rows, Math.ceil(rows) + 2),
    corner: [(left - firstColumn) / stride, bottom - firstRow],
    perPixel: [columns / width / stride, rows / height],
  };
}

/**
 * Draws the surface: uploads what is new since the last picture, colours each visible cell once,
 * and lays the screen over the cells. Holds no data of its own, so a lost context or another field
 * is one full upload from history.
 */
export class SurfaceRenderer {
  /** Bytes sent to textures so far, for tests and the health panel. */
  uploadedBytes = 0;
  private readonly canvas: HTMLCanvasElement;
  private readonly gl: WebGL2RenderingContext;
  private resources: Resources | null = null;

  /**
   * @param canvas owned by the renderer from now on.
   * @param onRestored called when a lost context is back and the picture must be drawn again.
   * @throws Error in words when the browser has no WebGL2.
   */
  constructor(canvas: HTMLCanvasElement, onRestored: () => void) {
    this.canvas = canvas;
    const gl = canvas.getContext('webgl2', { antialias: false, alpha: false, depth: false });
    if (!gl) throw new Error('This browser offers no WebGL2, which the surface needs.');
    this.gl = gl;
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.resources = null;
    });
    canvas.addEventListener('webglcontextrestored', onRestored);
  }

  /** Draws history as `look` says. Nothing happens while the context is lost. */
  draw(history: FrameHistory, look: SurfaceLook): void {
    const gl = this.gl;
    if (gl.isContextLost()) return;
    if (this.resources && this.resources.layout !== history.layout) this.release(this.resources);
    this.resources ??= this.prepare(history.layout);
    this.upload(this.resources, history, look);
    const window = cellWindow(look, this.canvas.width, this.canvas.height);
    this.drawCells(this.resources, history, look, window);
    this.drawScreen(this.resources, look, window);
  }

  private release({ cells, screen, target, textures }: Resources): void {
    for (const texture of textures) this.gl.deleteTexture(texture);
    for (const { program } of [cells, screen]) this.gl.deleteProgram(program);
    this.gl.deleteFramebuffer(target);
    this.resources = null;
  }

  private prepare(layout: HistoryLayout): Resources {
    const gl = this.gl;
    const data = this.valuesTexture(UNIT.data, layout);
    const table = makeTexture(gl, UNIT.table, gl.TEXTURE_2D);
    const tableRows = layout.timeColumns / TABLE_COLUMNS;
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32I, TABLE_COLUMNS, tableRows);
    const lut = makeTexture(gl, UNIT.lut, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, LUT_SIZE, 1);
    const cells = makeTexture(gl, UNIT.cells, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, MAX_CELLS.columns, MAX_CELLS.rows);
    const target = gl.createFramebuffer()!;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, cells, 0);
    return {
      layout,
      cells: makeProgram(gl, VERTEX_SHADER, CELL_SHADER, CELL_UNIFORMS),
      screen: makeProgram(gl, VERTEX_SHADER, SCREEN_SHADER, SCREEN_UNIFORMS),
      target,
      textures: [data, table, lut, cells],
      data: NOTHING,
      contour: null,
      tableColumn: -1,
      lut: null,
    };
  }

  /** A stored column as a texture: a row a frame, a layer a tile. */
  private valuesTexture(unit: number, layout: HistoryLayout): WebGLTexture {
    const gl = this.gl;
    const texture = makeTexture(gl, unit, gl.TEXTURE_2D_ARRAY);
    const layers = layout.frames / layout.tileFrames;
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32F, layout.rows, layout.tileFrames, layers);
    return texture;
  }

  private upload(r: Resources, history: FrameHistory, look: SurfaceLook): void {
    const gl = this.gl;
    if (r.lut !== look.lut) {
      gl.activeTexture(gl.TEXTURE0 + UNIT.lut);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, LUT_SIZE, 1, gl.RGBA, gl.UNSIGNED_BYTE, look.lut);
      r.lut = look.lut;
    }
    if (r.data.epoch !== history.epoch) r.tableColumn = -1;
    this.uploadTable(history, r.tableColumn);
    r.tableColumn = history.newestColumn;
    r.data = this.uploadFrames(history, look.column, UNIT.data, r.data);
    if (!look.contour) return;
    if (!r.contour) {
      r.textures.push(this.valuesTexture(UNIT.contour, r.layout));
      r.contour = NOTHING;
    }
    r.contour = this.uploadFrames(history, look.contour.column, UNIT.contour, r.contour);
  }

  private uploadFrames(h: FrameHistory, column: string, unit: number, held: Uploaded): Uploaded {
    const gl = this.gl;
    const { frames, tileFrames, rows } = h.layout;
    const anew = held.epoch !== h.epoch || held.column !== column;
    gl.activeTexture(gl.TEXTURE0 + unit);
    let frame = Math.max(anew ? 0 : held.frames, h.frameCount - frames);
    while (frame < h.frameCount) {
      const slot = h.slotOf(frame);
      const y = slot % tileFrames;
      const count = Math.min(tileFrames - y, h.frameCount - frame);
      gl.texSubImage3D(
        gl.TEXTURE_2D_ARRAY,
        0,
        0,
        y,
        Math.floor(slot / tileFrames),
        rows,
        count,
        1,
        gl.RED,
        gl.FLOAT,
        h.tileOf(slot, column),
        y * rows,
      );
      this.uploadedBytes += count * rows * 4;
      frame += count;
    }
    return { column, epoch: h.epoch, frames: h.frameCount };
  }

  private uploadTable(history: FrameHistory, uploadedColumn: number): void {
    if (history.empty) return;
    const gl = this.gl;
    const { timeColumns } = history.layout;
    gl.activeTexture(gl.TEXTURE0 + UNIT.table);
    let column = Math.max(uploadedColumn + 1, history.oldestColumn);
    while (column <= history.newestColumn) {
      const at = column & (timeColumns - 1);
      const x = at % TABLE_COLUMNS;
      const count = Math.min(TABLE_COLUMNS - x, history.newestColumn - column + 1);
      gl.texSubImage2D(
        gl.TEXTURE_2D,
        0,
        x,
        Math.floor(at / TABLE_COLUMNS),
        count,
        1,
        gl.RGBA_INTEGER,
        gl.INT,
        history.table,
        at * TABLE_WIDTH,
      );
      this.uploadedBytes += count * TABLE_WIDTH * 4;
      column += count;
    }
  }

  private drawCells(
    { cells: { program, at }, target, layout }: Resources,
    history: FrameHistory,
    { range, contour }: SurfaceLook,
    window: CellWindow,
  ): void {
    const gl = this.gl;
    const { frames, timeColumns, tileFrames, rows } = layout;
    gl.useProgram(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, window.columns, window.rows);
    gl.uniform1i(at.uData, UNIT.data);
    gl.uniform1i(at.uTable, UNIT.table);
    gl.uniform1i(at.uLut, UNIT.lut);
    gl.uniform2i(at.uFirst, window.firstColumn, window.firstRow);
    gl.uniform1i(at.uStride, window.stride);
    gl.uniform2i(at.uColumns, history.oldestColumn, history.newestColumn);
    gl.uniform1i(at.uFrames, history.frameCount);
    gl.uniform4i(at.uSizes, frames, timeColumns, TABLE_COLUMNS, tileFrames);
    gl.uniform3f(at.uRange, range.low, range.high, range.mode === 'log' ? range.knee : 0);
    gl.uniform1i(at.uSigned, range.signed ? 1 : 0);
    gl.uniform1i(at.uRows, rows);
    gl.uniform1i(at.uWall, contour ? UNIT.contour : UNIT.data);
    gl.uniform1f(at.uWallLevel, contour?.level ?? 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private drawScreen(
    { screen: { program, at } }: Resources,
    { palette, opacity, contour, pixelRatio }: SurfaceLook,
    { corner, perPixel, columns, rows }: CellWindow,
  ): void {
    const gl = this.gl;
    gl.useProgram(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.uniform1i(at.uCells, UNIT.cells);
    gl.uniform2f(at.uCorner, ...corner);
    gl.uniform2f(at.uPerPixel, ...perPixel);
    gl.uniform2i(at.uCount, columns, rows);
    gl.uniform3f(at.uNoData, ...share(palette.noData));
    gl.uniform1f(at.uSpeckStep, SPECK_STEP);
    gl.uniform3f(at.uGround, ...share(rgbOfHex(palette.background)));
    gl.uniform1f(at.uOpacity, opacity);
    gl.uniform4f(at.uContour, ...share(rgbOfHex(palette.contour)), contour?.opacity ?? 0);
    gl.uniform3f(at.uOutline, ...share(rgbOfHex(palette.outline)));
    gl.uniform1f(at.uEdge, Math.max(1, CONTOUR_PX * pixelRatio));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
