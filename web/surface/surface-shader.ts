/** Covers the viewport with one triangle; no vertex data. */
export const VERTEX_SHADER = `#version 300 es
void main() {
  vec2 p = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(p * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Uniforms of `CELL_SHADER`. */
export const CELL_UNIFORMS = [
  'uData',
  'uTable',
  'uLut',
  'uFirst',
  'uStride',
  'uColumns',
  'uFrames',
  'uSizes',
  'uRange',
  'uSigned',
  'uRows',
  'uWall',
  'uWallLevel',
] as const;

/**
 * First pass: colours one cell a pixel. Time column -> table entry -> frame slot -> value at the
 * row -> lookup table; alpha 0 where there is no data, a half where there is, 1 inside a contour.
 * When several columns fall on a pixel of the
 * screen they are one cell: groups are fixed in time (no shimmer while scrolling) and up to four of
 * their columns are averaged. Positions are whole numbers, exact however late in a session.
 */
export const CELL_SHADER = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
precision highp isampler2D;

uniform sampler2DArray uData;
uniform isampler2D uTable;
uniform sampler2D uLut;
uniform ivec2 uFirst;
uniform int uStride;
uniform ivec2 uColumns;
uniform int uFrames;
uniform ivec4 uSizes;
uniform vec3 uRange;
uniform bool uSigned;
uniform int uRows;
uniform sampler2DArray uWall;
uniform float uWallLevel;
out vec4 colour;

float normalised(float v) {
  if (uRange.z > 0.0) {
    float s = sign(v) * log(1.0 + abs(v) / uRange.z) / log(1.0 + uRange.y / uRange.z);
    return uSigned ? 0.5 + 0.5 * s : s;
  }
  return (v - uRange.x) / (uRange.y - uRange.x);
}

void main() {
  int first = uFirst.x + int(gl_FragCoord.x) * uStride;
  int row = uFirst.y + int(gl_FragCoord.y);
  int samples = min(uStride, 4);
  int stepping = uStride / samples;
  float sum = 0.0;
  float found = 0.0;
  float wall = 0.0;
  for (int i = 0; i < 4; i++) {
    if (i >= samples) break;
    int c = first + i * stepping;
    if (c > uColumns.y || c < uColumns.x) continue;
    int at = c & (uSizes.y - 1);
    ivec4 entry = texelFetch(uTable, ivec2(at % uSizes.z, at / uSizes.z), 0);
    if ((entry.z & 1) == 0 || uFrames - entry.x > uSizes.x) continue;
    int k = row - entry.y;
    if (k < 0 || k >= uRows) continue;
    int slot = entry.x & (uSizes.x - 1);
    ivec3 place = ivec3(k, slot % uSizes.w, slot / uSizes.w);
    sum += texelFetch(uData, place, 0).r;
    if (uWallLevel > 0.0) wall = max(wall, texelFetch(uWall, place, 0).r);
    found += 1.0;
  }
  if (found == 0.0) {
    colour = vec4(0.0);
    return;
  }
  float t = clamp(normalised(sum / found), 0.0, 1.0);
  bool inside = uWallLevel > 0.0 && wall >= uWallLevel;
  colour = vec4(texelFetch(uLut, ivec2(int(t * 255.0 + 0.5), 0), 0).rgb, inside ? 1.0 : 0.5);
}`;

/** Uniforms of `SCREEN_SHADER`. */
export const SCREEN_UNIFORMS = [
  'uCells',
  'uCorner',
  'uPerPixel',
  'uCount',
  'uNoData',
  'uSpeckStep',
  'uGround',
  'uOpacity',
  'uContour',
  'uOutline',
  'uEdge',
] as const;

/**
 * Second pass: each pixel of the screen looks its cell up. 'No data' is its own colour with specks,
 * so that it is told apart from every value even without colour. A pixel inside a contour whose
 * neighbour at the edge's width lies outside draws the contour, with a line of the other lightness
 * inside it, so that it is seen on every colour.
 */
export const SCREEN_SHADER = `#version 300 es
precision highp float;
precision highp int;

uniform sampler2D uCells;
uniform vec2 uCorner;
uniform vec2 uPerPixel;
uniform vec3 uNoData;
uniform float uSpeckStep;
uniform ivec2 uCount;
uniform vec3 uGround;
uniform float uOpacity;
uniform vec4 uContour;
uniform vec3 uOutline;
uniform float uEdge;
out vec4 colour;

vec4 cellAt(vec2 pixel) {
  ivec2 cell = ivec2(floor(uCorner + pixel * uPerPixel));
  return texelFetch(uCells, clamp(cell, ivec2(0), uCount - 1), 0);
}

bool nearEdge(vec2 pixel, float d) {
  return cellAt(pixel + vec2(d, 0.0)).a < 0.75 || cellAt(pixel - vec2(d, 0.0)).a < 0.75
    || cellAt(pixel + vec2(0.0, d)).a < 0.75 || cellAt(pixel - vec2(0.0, d)).a < 0.75;
}

void main() {
  vec4 found = cellAt(gl_FragCoord.xy);
  if (found.a > 0.25) {
    vec3 rgb = mix(uGround, found.rgb, uOpacity);
    if (uContour.a > 0.0 && found.a > 0.75) {
      if (nearEdge(gl_FragCoord.xy, uEdge)) rgb = mix(rgb, uContour.rgb, uContour.a);
      else if (nearEdge(gl_FragCoord.xy, 2.0 * uEdge)) rgb = mix(rgb, uOutline, 0.7 * uContour.a);
    }
    colour = vec4(rgb, 1.0);
    return;
  }
  vec2 place = mod(gl_FragCoord.xy, uSpeckStep);
  float speck = (place.x < 1.0 && place.y < 1.0) ? 0.06 : 0.0;
  colour = vec4(uNoData + speck * (uNoData.g > 0.5 ? -1.0 : 1.0), 1.0);
}`;
