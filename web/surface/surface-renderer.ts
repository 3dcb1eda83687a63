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
import { FRAGMENT_SHADER, VERTEX_SHADER } from './surface-shader.ts';

/** Width of the table texture, texels. */
const TABLE_COLUMNS = 2048;
/** Distance of the specks that mark 'no data', device pixels. */
const SPECK_STEP = 6;

const UNIFORMS = [
  'uData',
  'uTable',
  'uLut',
  'uOrigin',
  'uCorner',
  'uPerPixel',
  'uStride',
  'uColumns',
  'uFrames',
  'uSizes',
  'uRange',
  'uSigned',
  'uNoData',
  'uDotStep',
] as const;

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
  data: WebGLTexture;
  table: WebGLTexture;
  lut: WebGLTexture;
  at: Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
}

function compile(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind)!;
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
    throw new Error(`shader: ${gl.getShaderInfoLog(shader)}`);
  }
  return shader;
}

function texture(gl: WebGL2RenderingContext, unit: number, target: number): WebGLTexture {
  const made = gl.createTexture()!;
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(target, made);
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return made;
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

/**
 * Draws the surface: uploads what is new since the last picture, then one triangle. Holds no data
 * of its own, so a lost context or another field is one full upload from history.
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
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    this.setUniforms(this.resources, history, look);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private prepare(): Resources {
    const gl = this.gl;
    const program = gl.createProgram()!;
    gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, VERTEX_SHADER));
    gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, FRAGMENT_SHADER));
    gl.linkProgram(program);
    gl.useProgram(program);
    const layers = HISTORY_FRAMES / TILE_FRAMES;
    const data = texture(gl, 0, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32F, FRAME_ROWS, TILE_FRAMES, layers);
    const table = texture(gl, 1, gl.TEXTURE_2D);
    const rows = HISTORY_COLUMNS / TABLE_COLUMNS;
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32I, TABLE_COLUMNS, rows);
    const lut = texture(gl, 2, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, LUT_SIZE, 1);
    this.uploaded = { epoch: -1, frames: 0, column: -1, field: '' };
    this.lut = null;
    const at = Object.fromEntries(UNIFORMS.map((u) => [u, gl.getUniformLocation(program, u)]));
    return { data, table, lut, at: at as Resources['at'] };
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

  private setUniforms({ at }: Resources, history: FrameHistory, look: SurfaceLook): void {
    const { gl, canvas } = this;
    const { camera, viewport, range } = look;
    const columns = (columnsPerPixel(camera, viewport) * viewport.width) / canvas.width;
    const rows = (rowsPerPixel(camera, viewport) * viewport.height) / canvas.height;
    const left = camera.right - columns * canvas.width;
    const bottom = camera.centre - (rows * canvas.height) / 2;
    const originX = Math.floor(left);
    const originY = Math.floor(bottom);
    gl.uniform1i(at.uData, 0);
    gl.uniform1i(at.uTable, 1);
    gl.uniform1i(at.uLut, 2);
    gl.uniform2i(at.uOrigin, originX, originY);
    gl.uniform2f(at.uCorner, left - originX, bottom - originY);
    gl.uniform2f(at.uPerPixel, columns, rows);
    gl.uniform1i(at.uStride, strideFor(columns));
    gl.uniform2i(at.uColumns, history.oldestColumn, history.newestColumn);
    gl.uniform1i(at.uFrames, history.frameCount);
    gl.uniform4i(at.uSizes, HISTORY_FRAMES, HISTORY_COLUMNS, TABLE_COLUMNS, TILE_FRAMES);
    gl.uniform3f(at.uRange, range.low, range.high, range.mode === 'log' ? 1 : 0);
    gl.uniform1i(at.uSigned, range.signed ? 1 : 0);
    gl.uniform3f(at.uNoData, look.noData[0] / 255, look.noData[1] / 255, look.noData[2] / 255);
    gl.uniform1f(at.uDotStep, SPECK_STEP);
  }
}
