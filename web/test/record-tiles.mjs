// Tiles of records as a server answers them to `from`, `to` and `class`, with the class of each record: written for a test.
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader, PbfWriter } from 'pbf';

const DRAWN = ['from', 'to', 'class'];

/**
 * Answers to tiles of a layer with `select(record, query)` of its records: null leaves one out, else what it returns is added to
 * what the record says of itself. `asked` takes the queries.
 */
export async function serveRecords(page, layer, select, asked = []) {
  await page.route(new RegExp(`/tiles/(${layer}|[^/]*,${layer},[^/]*)\\.json`), async (route) => {
    const answer = await route.fetch();
    const about = await answer.json();
    for (const of of about.vector_layers) if (of.id === layer) of.fields.class = 'String';
    return route.fulfill({ response: answer, json: about });
  });
  await page.route(new RegExp(`/tiles/(${layer}|[^/]*,${layer},[^/]*)/\\d+/\\d+/\\d+\\.mvt`), async (route) => {
    const url = new URL(route.request().url());
    const query = Object.fromEntries(url.searchParams);
    asked.push(query);
    for (const name of DRAWN) url.searchParams.delete(name);
    const answer = await route.fetch({ url: url.href });
    if (answer.status() !== 200) return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, body: rewritten(await answer.body(), layer, (record) => select(record, query)) });
  });
}

/** A tile whose other layers are as they were. */
function rewritten(bytes, name, select) {
  const { layers } = new VectorTile(new PbfReader(bytes));
  const writer = new PbfWriter();
  for (const layer of Object.values(layers)) {
    const change = layer.name === name ? select : () => ({});
    writer.writeMessage(3, (_, pbf) => writeLayer(layer, change, pbf), null);
  }
  return Buffer.from(writer.finish());
}

function writeLayer(layer, select, pbf) {
  const [keys, values] = [[], []];
  const placeOf = (all, one) => (all.includes(one) ? all.indexOf(one) : all.push(one) - 1);
  pbf.writeVarintField(15, 2);
  pbf.writeStringField(1, layer.name);
  for (let n = 0; n < layer.length; n += 1) {
    const feature = layer.feature(n);
    const added = select(feature.properties);
    if (added === null) continue;
    const tags = Object.entries({ ...feature.properties, ...added }).flatMap(([key, value]) => [placeOf(keys, key), placeOf(values, value)]);
    pbf.writeMessage(2, (_, of) => writeFeature(feature, tags, of), null);
  }
  for (const key of keys) pbf.writeStringField(3, key);
  for (const value of values) pbf.writeMessage(4, (_, of) => writeValue(value, of), null);
  pbf.writeVarintField(5, layer.extent);
}

function writeFeature(feature, tags, pbf) {
  pbf.writePackedVarint(2, tags);
  pbf.writeVarintField(3, feature.type);
  pbf.writePackedVarint(4, commands(feature));
}

function writeValue(value, pbf) {
  if (typeof value === 'string') pbf.writeStringField(1, value);
  else if (typeof value === 'boolean') pbf.writeBooleanField(7, value);
  else pbf.writeDoubleField(3, value);
}

/** The geometry of a feature as a tile has it: moves, lines and ends of rings. */
function commands(feature) {
  let [x, y] = [0, 0];
  const step = ({ x: toX, y: toY }) => {
    const zigzag = (by) => (by << 1) ^ (by >> 31);
    const moved = [zigzag(toX - x), zigzag(toY - y)];
    [x, y] = [toX, toY];
    return moved;
  };
  const isArea = feature.type === 3;
  return feature.loadGeometry().flatMap((points) => {
    const rest = isArea ? points.slice(1, -1) : points.slice(1);
    const move = [(1 << 3) | 1, ...step(points[0])];
    const lines = rest.length > 0 ? [(rest.length << 3) | 2, ...rest.flatMap(step)] : [];
    return [...move, ...lines, ...(isArea ? [15] : [])];
  });
}
