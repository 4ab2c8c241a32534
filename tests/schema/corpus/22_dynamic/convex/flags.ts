export function readFlags() {
  return JSON.parse(process.env.FLAGS ?? '{}');
}
