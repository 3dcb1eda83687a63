import { FRAME_ROWS } from '../../src/wire/index.ts';
import { type Camera, columnsPerPixel, rowsPerPixel, type Viewport } from './camera.ts';
import { LUT_SIZE, type Rgb } from './colour-maps.ts';
import type { ColourRange } from './contrast.ts';
import type { StoredColumn } from './fields.ts';
import {
  type FrameHistory,
  HISTORY_COLUMNS,
  HISTORY_FRAMES,
  TABLE_WIDTH,
  TILE_FRAMES,
} from './frame-history.ts';
import { type GlProgram, makeProgram, makeTexture } from './gl-program.ts';
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

/** What a picture depends on besides the data. */
export interface SurfaceLook {
  camera: Camera;
  viewport: Viewport;
  column: StoredColumn;
  range: ColourRange;
  lut: Uint8Array;
  noData: Rgb;
}

interface Resources {
  cells: GlProgram<(typeof CELL_UNIFORMS)[number]>;
  screen: GlProgram<(typeof SCREEN_UNIFORMS)[number]>;
  /** Where the first pass draws. */
  target: WebGLFramebuffer;
}

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
  private uploaded = { epoch: -1, frames: 0, column: -1, field: '' };
  private lut: Uint8Array | null = null;

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
    this.resources ??= this.prepare();
    this.upload(history, look);
    const window = cellWindow(look, this.canvas.width, this.canvas.height);
    this.drawCells(this.resources, history, look, window);
    this.drawScreen(this.resources, look, window);
  }

  private prepare(): Resources {
    const gl = this.gl;
    const layers = HISTORY_FRAMES / TILE_FRAMES;
    makeTexture(gl, 0, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32F, FRAME_ROWS, TILE_FRAMES, layers);
    makeTexture(gl, 1, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32I, TABLE_COLUMNS, HISTORY_COLUMNS / TABLE_COLUMNS);
    makeTexture(gl, 2, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, LUT_SIZE, 1);
    const cells = makeTexture(gl, 3, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, MAX_CELLS.columns, MAX_CELLS.rows);
    const target = gl.createFramebuffer()!;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, cells, 0);
    this.uploaded = { epoch: -1, frames: 0, column: -1, field: '' };
    this.lut = null;
    return {
      cells: makeProgram(gl, VERTEX_SHADER, CELL_SHADER, CELL_UNIFORMS),
      screen: makeProgram(gl, VERTEX_SHADER, SCREEN_SHADER, SCREEN_UNIFORMS),
      target,
    };
  }

  private upload(history: FrameHistory, look: SurfaceLook): void {
    const { gl, uploaded } = this;
    if (this.lut !== look.lut) {
      gl.activeTexture(gl.TEXTURE2);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, LUT_SIZE, 1, gl.RGBA, gl.UNSIGNED_BYTE, look.lut);
      this.lut = look.lut;
    }
    const voided = uploaded.epoch !== history.epoch;
    if (voided || uploaded.field !== look.column) uploaded.frames = 0;
    if (voided) uploaded.column = -1;
    this.uploadFrames(history, look.column, Math.max(uploaded.frames, 0));
    this.uploadTable(history, uploaded.column);
    this.uploaded = {
      epoch: history.epoch,
      frames: history.frameCount,
      column: history.newestColumn,
      field: look.column,
    };
  }

  private uploadFrames(history: FrameHistory, column: StoredColumn, from: number): void {
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE0);
    let frame = Math.max(from, history.frameCount - HISTORY_FRAMES);
    while (frame < history.frameCount) {
      const slot = history.slotOf(frame);
      const y = slot % TILE_FRAMES;
      const count = Math.min(TILE_FRAMES - y, history.frameCount - frame);
      gl.texSubImage3D(
        gl.TEXTURE_2D_ARRAY,
        0,
        0,
        y,
        Math.floor(slot / TILE_FRAMES),
        FRAME_ROWS,
        count,
        1,
        gl.RED,
        gl.FLOAT,
        history.tileOf(slot, column),
        y * FRAME_ROWS,
      );
      this.uploadedBytes += count * FRAME_ROWS * 4;
      frame += count;
    }
  }

  private uploadTable(history: FrameHistory, uploadedColumn: number): void {
    if (history.empty) return;
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE1);
    let column = Math.max(uploadedColumn + 1, history.oldestColumn);
    while (column <= history.newestColumn) {
      const at = column & (HISTORY_COLUMNS - 1);
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
    { cells: { program, at }, target }: Resources,
    history: FrameHistory,
    { range }: SurfaceLook,
    window: CellWindow,
  ): void {
    const gl = this.gl;
    gl.useProgram(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, window.columns, window.rows);
    gl.uniform1i(at.uData, 0);
    gl.uniform1i(at.uTable, 1);
    gl.uniform1i(at.uLut, 2);
    gl.uniform2i(at.uFirst, window.firstColumn, window.firstRow);
    gl.uniform1i(at.uStride, window.stride);
    gl.uniform2i(at.uColumns, history.oldestColumn, history.newestColumn);
    gl.uniform1i(at.uFrames, history.frameCount);
    gl.uniform4i(at.uSizes, HISTORY_FRAMES, HISTORY_COLUMNS, TABLE_COLUMNS, TILE_FRAMES);
    gl.uniform3f(at.uRange, range.low, range.high, range.mode === 'log' ? 1 : 0);
    gl.uniform1i(at.uSigned, range.signed ? 1 : 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private drawScreen(
    { screen: { program, at } }: Resources,
    { noData }: SurfaceLook,
    { corner, perPixel }: CellWindow,
  ): void {
    const gl = this.gl;
    gl.useProgram(program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.uniform1i(at.uCells, 3);
    gl.uniform2f(at.uCorner, ...corner);
    gl.uniform2f(at.uPerPixel, ...perPixel);
    gl.uniform3f(at.uNoData, noData[0] / 255, noData[1] / 255, noData[2] / 255);
    gl.uniform1f(at.uSpeckStep, SPECK_STEP);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}
