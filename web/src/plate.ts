import type { StyleSpecification } from 'maplibre-gl';
import type { Bounds } from './api';
import { converter, type Convert } from './coordinates';
import { loadStyle } from './theme';

/** The vector source of the server's style that holds every layer of the plate. */
export const PLATE_SOURCE = 'plate';

export interface Plate {
  name?: string;
  generation?: string;
  builtAt?: string;
  /** What is shown first, in the coordinates of the map. */
  bounds?: Bounds;
  style: StyleSpecification;
  /** From the coordinates of the plate to those in which the map shows it, and back. */
  shown: Convert;
  stored: Convert;
}

/** Loads the style; what the server says about the plate stands in the style's metadata. */
export async function loadPlate(): Promise<Plate> {
  const style = await loadStyle();
  const metadata = (style.metadata ?? {}) as Record<string, unknown>;
  const { name, generation, built_at: builtAt, bounds, crs } = ownEntries(metadata);
  const plate: Plate = { style, ...converter(crs) };
  if (typeof name === 'string') plate.name = name;
  if (typeof generation === 'string' || typeof generation === 'number') plate.generation = String(generation);
  if (typeof builtAt === 'string') plate.builtAt = builtAt;
  if (isBounds(bounds)) plate.bounds = bounds;
  return plate;
}

function ownEntries(metadata: Record<string, unknown>): Record<string, unknown> {
  const prefix = 'baseplate:';
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

function isBounds(value: unknown): value is Bounds {
  return Array.isArray(value) && value.length === 4 && value.every((n) => Number.isFinite(n));
}
