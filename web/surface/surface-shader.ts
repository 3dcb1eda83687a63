/** Covers the plot with one triangle; no vertex data. */
export const VERTEX_SHADER = `#version 300 es
void main() {
  vec2 p = vec2(float((gl_VertexID << 1) & 2), float(gl_VertexID & 2));
  gl_Position = vec4(p * 2.0 - 1.0, 0.0, 1.0);
}`;

/**
 * Colours a pixel: time column -> table entry -> frame slot -> value at the row -> lookup table.
 * Positions come as whole origins plus small floats, so that no precision is lost far into a
 * session. When several columns fall on a pixel they are grouped by a stride that is fixed in time
 * (no shimmer while scrolling) and up to four of them are averaged.
 */
export const FRAGMENT_SHADER = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2DArray;
precision highp isampler2D;

uniform sampler2DArray uData;
uniform isampler2D uTable;
uniform sampler2D uLut;
uniform ivec2 uOrigin;
uniform vec2 uCorner;
uniform vec2 uPerPixel;
uniform int uStride;
uniform ivec2 uColumns;
uniform int uFrames;
uniform ivec4 uSizes;
uniform vec3 uRange;
uniform bool uSigned;
uniform vec3 uNoData;
uniform float uDotStep;
out vec4 colour;

float normalised(float v) {
  if (uRange.z > 0.5) {
    float s = sign(v) * log(1.0 + abs(v)) / log(1.0 + uRange.y);
    return uSigned ? 0.5 + 0.5 * s : s;
  }
  return (v - uRange.x) / (uRange.y - uRange.x);
}

int floorTo(int value, int stride) {
  int q = value / stride;
  if (value < 0 && q * stride != value) q -= 1;
  return q * stride;
}

void main() {
  float fc = uCorner.x + gl_FragCoord.x * uPerPixel.x;
  float fr = uCorner.y + gl_FragCoord.y * uPerPixel.y;
  int row = uOrigin.y + int(floor(fr + 0.5));
  int first = floorTo(uOrigin.x + int(floor(fc)), uStride);
  int samples = min(uStride, 4);
  int stepping = uStride / samples;
  float sum = 0.0;
  float found = 0.0;
  for (int i = 0; i < 4; i++) {
    if (i >= samples) break;
    int c = first + i * stepping;
    if (c > uColumns.y || c < uColumns.x) continue;
    int at = c & (uSizes.y - 1);
    ivec4 entry = texelFetch(uTable, ivec2(at % uSizes.z, at / uSizes.z), 0);
    if ((entry.z & 1) == 0 || uFrames - entry.x > uSizes.x) continue;
    int k = row - entry.y;
    if (k < 0 || k > 100) continue;
    int slot = entry.x & (uSizes.x - 1);
    sum += texelFetch(uData, ivec3(k, slot % uSizes.w, slot / uSizes.w), 0).r;
    found += 1.0;
  }
  if (found == 0.0) {
    vec2 cell = mod(gl_FragCoord.xy, uDotStep);
    float speck = (cell.x < 1.0 && cell.y < 1.0) ? 0.06 : 0.0;
    colour = vec4(uNoData + speck * (uNoData.g > 0.5 ? -1.0 : 1.0), 1.0);
    return;
  }
  float t = clamp(normalised(sum / found), 0.0, 1.0);
  colour = vec4(texelFetch(uLut, ivec2(int(t * 255.0 + 0.5), 0), 0).rgb, 1.0);
}`;
