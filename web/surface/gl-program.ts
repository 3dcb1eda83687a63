/** A linked program and the places of its uniforms. */
export interface GlProgram<Name extends string> {
  program: WebGLProgram;
  at: Record<Name, WebGLUniformLocation | null>;
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

/**
 * Compiles and links a program.
 * @throws Error with the compiler's words when a shader is wrong.
 */
export function makeProgram<Name extends string>(
  gl: WebGL2RenderingContext,
  vertex: string,
  fragment: string,
  uniforms: readonly Name[],
): GlProgram<Name> {
  const program = gl.createProgram()!;
  gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex));
  gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
  gl.linkProgram(program);
  const at = Object.fromEntries(uniforms.map((u) => [u, gl.getUniformLocation(program, u)]));
  return { program, at: at as GlProgram<Name>['at'] };
}

/** A texture bound to a unit, sampled without filtering. */
export function makeTexture(
  gl: WebGL2RenderingContext,
  unit: number,
  target: number,
): WebGLTexture {
  const made = gl.createTexture()!;
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(target, made);
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return made;
}
