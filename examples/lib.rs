//! Programs to start from: `bulk_locate` and `bulk_geocode` (library code over a CSV file), `service` (look-ups inside a service of one's
//! own) and `front-end/` (pages that draw the tiles).
