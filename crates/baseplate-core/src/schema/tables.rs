//! The tables. Rows refer to rows of other tables by number, from 0; coordinates are degrees, EPSG:4490.

use super::{
    column::{Geometries, Maybe, Sides},
    declared::table,
};
use crate::store::{
    names::{ISSUES, PEOPLE},
    table::{Bytes8, Cells, Counts16, Doubles, Flags, Integers, Rows, Singles, Text, Tokens, Words},
};

table! {
    /// Grids of all levels and kinds: `basic` first, each kind from the ground up, each level by code.
    Grids of GridRow in "grids.arrow";
    /// The code, as the source has it.
    code: Text;
    /// A number that a grid of this kind, level and code keeps from generation to generation, from 1.
    number: Rows;
    /// The name; the code where the source has none.
    name: Text;
    /// The kind of the coverage that the grid belongs to.
    kind: Text;
    /// The level: `grid`, `community`, `subdistrict`, `district` or `city`.
    level: Text;
    /// The row of the grid above; null where nothing lies above.
    parent: Maybe<Rows>;
    /// How the grid above was found: 0 given by the source, 1 by area.
    parent_link: Maybe<Bytes8>;
    /// The area on the ellipsoid.
    area_m2: Doubles = "m²";
    /// The longitude of a point inside, where a label can stand.
    lng: Doubles = "degrees";
    /// The latitude of that point.
    lat: Doubles = "degrees";
    /// The sides of the box around the grid.
    bbox: Sides = "degrees";
    /// The polygons of the grid.
    geometry: Geometries = "degrees";
    /// How many buildings stand in it.
    buildings: Rows;
    /// How many addresses lie in it.
    addresses: Rows;
    /// How many people live in it, each once, as of the last release; null where none was made.
    people: Maybe<Rows>;
    /// At how many addresses somebody lives, as of the last release; null where none was made.
    households: Maybe<Rows>;
    /// Whether the number of people is an estimate, because the grid holds a part of what was counted together.
    people_estimated: Flags;
    /// Whether the number of households is an estimate.
    households_estimated: Flags;
}

table! {
    /// Buildings, along a Hilbert curve over the whole Earth. Nothing in it depends on grids.
    Buildings of BuildingRow in "buildings.arrow";
    /// The code, as the source has it.
    code: Text;
    /// The name; null where the source has none.
    name: Maybe<Text>;
    /// How many floors stand above the ground; null where the source does not say.
    floors: Maybe<Counts16>;
    /// The height; null where the source does not say.
    height_m: Maybe<Doubles> = "m";
    /// What it is used for, in the source's words; null where the source does not say.
    usage as "use": Maybe<Text>;
    /// The H3 cell of the point, resolution 12.
    h3: Maybe<Cells>;
    /// The longitude of a point inside, the one that decides the grid.
    lng: Doubles = "degrees";
    /// The latitude of that point.
    lat: Doubles = "degrees";
    /// The sides of the box around the footprint.
    bbox: Sides = "degrees";
    /// The footprint.
    geometry: Geometries = "degrees";
    /// Whether the source says that it was demolished.
    demolished: Flags;
    /// The row of its first address; the others follow.
    first_address: Rows;
    /// How many addresses it has.
    addresses: Rows;
}

table! {
    /// In which grids the buildings stand, in the order of `buildings.arrow`. It is written anew when grids are redrawn.
    BuildingGrids of BuildingGridsRow in "building-grids.arrow";
    /// The share of the footprint that lies in the building's grid of the first kind, from 0 to 1; below 0.9 it straddles a border.
    grid_share: Maybe<Singles>;
    each
    /// The row of the grid of a kind, after overrides; null outside. The column is called `grid_` and the kind, such as `grid_basic`.
    grids: Maybe<Rows>;
}

table! {
    /// Addresses by building, then code; those without a building at the end, along a Hilbert curve. Nothing in it depends on grids.
    Addresses of AddressRow in "addresses.arrow";
    /// The code, as the source has it.
    code: Text;
    /// The full text.
    text: Text;
    /// The longitude of its point; that of its building if the source has none, null if there is no building either.
    lng: Maybe<Doubles> = "degrees";
    /// The latitude of that point.
    lat: Maybe<Doubles> = "degrees";
    /// The H3 cell of that point, resolution 12.
    h3: Maybe<Cells>;
    /// The row of the building; null if there is none.
    building: Maybe<Rows>;
    /// How the building was found: 0 given by the source, 1 by place.
    link: Maybe<Bytes8>;
    /// How far the point lies from the footprint; 0 inside.
    distance_m: Maybe<Singles> = "m";
}

table! {
    /// In which grids the addresses without a building lie, in the order of `addresses.arrow`; those of the others are the building's.
    /// It is written anew when grids are redrawn.
    AddressGrids of AddressGridsRow in "address-grids.arrow";
    /// The row of the address.
    address: Rows;
    each
    /// The row of the grid of a kind; null outside. The column is called `grid_` and the kind.
    grids: Maybe<Rows>;
}

table! {
    /// The ground under everything: roads, water, greens. It is drawn and never counted. By the first zoom at which a piece is drawn,
    /// then along a Hilbert curve; only plates whose spec has `[[ground]]` have it. Nothing in it depends on grids.
    Ground of GroundRow in "ground.arrow";
    /// The code, as the source has it; `D` and a number where the source has none.
    code: Text;
    /// The name; null where the source has none.
    name: Maybe<Text>;
    /// What it is: one of the kinds of `[[ground]]`.
    kind: Text;
    /// What it is in the words of the source; null where the source does not say.
    class: Maybe<Text>;
    /// The sides of the box around it.
    bbox: Sides = "degrees";
    /// The areas of `water` and `green`, the lines of all other kinds.
    geometry: Geometries = "degrees";
}

table! {
    /// Records of a layer, such as enterprises: by address; then those that name a building alone, by building; then those with a point
    /// alone, along a Hilbert curve; then those of which an area alone is known, by area; then those without a place. One row for each
    /// address and role. Nothing in it depends on grids but the order of those in an area.
    Records of RecordRow in "layers/ID.arrow";
    /// The code, as the source has it, such as the unified social credit code (统一社会信用代码) of an enterprise.
    code: Text;
    /// The name; null where the source has none.
    name: Maybe<Text>;
    /// The row of the address; null where it could not be linked.
    address: Maybe<Rows>;
    /// The row of the building, where it is linked to no address.
    building: Maybe<Rows>;
    /// The longitude of its own point; null where the source has none.
    lng: Maybe<Doubles> = "degrees";
    /// The latitude of that point.
    lat: Maybe<Doubles> = "degrees";
    /// The address as text, where there was no code to link by.
    address_text: Maybe<Text>;
    /// Whether it is still so, as far as the source says: of an enterprise, whether it is in business.
    active: Flags;
    /// Whether the record counts here, at one of its rows.
    counted: Flags;
    /// Whether it is a natural person in business (个体工商户), whom lists do not name.
    natural_person: Flags;
    /// How the link was found: 0 given by code, 1 by place, 3 geocoded, 4 where the enterprise is that it names; null without a place.
    link: Maybe<Bytes8>;
    /// How likely a geocoded link is right, from 0 to 1.
    confidence: Maybe<Singles>;
    /// How far down the text of a geocoded link was matched.
    match_level: Maybe<Words>;
    /// What the record has to do with the address.
    role: Maybe<Words>;
    /// When it was, or began: seconds since 1970-01-01T00:00:00Z.
    time: Maybe<Integers> = "s";
    /// When it ended.
    until: Maybe<Integers> = "s";
    /// The place of its class among the classes of the layer, in the manifest.
    class: Maybe<Counts16>;
    each
    /// An attribute of few different values, under its name in the spec.
    words: Maybe<Words>;
    each
    /// An attribute of any texts.
    texts: Maybe<Text>;
    each
    /// An attribute of whole numbers; of times the seconds since 1970-01-01T00:00:00Z, of dates the days since 1970-01-01.
    integers: Maybe<Integers>;
    each
    /// An attribute of numbers.
    numbers: Maybe<Doubles>;
    each
    /// An attribute that is so or not.
    flags: Maybe<Flags>;
}

table! {
    /// In which grids the records lie that have a point alone, in the order of the table of their layer. It is written anew when grids
    /// are redrawn, and only for layers with such records.
    RecordGrids of RecordGridsRow in "layers/ID.grids.arrow";
    /// The row of the record.
    record: Rows;
    each
    /// The row of the grid of a kind; null outside. The column is called `grid_` and the kind.
    grids: Maybe<Rows>;
}

table! {
    /// In which areas the records lie of which nothing more is known, in the order of the table of their layer. It is written anew when
    /// grids are redrawn, and only for layers with such records.
    RecordAreas of RecordAreasRow in "layers/ID.areas.arrow";
    /// The row of the record.
    record: Rows;
    /// The row of the grid, of the first kind and of any level; they ascend.
    area: Rows;
}

table! {
    /// People by address, one row for each address and role; those without an address at the end. For the owner of the plate alone.
    People of PersonRow in PEOPLE;
    /// What the person is known by.
    token: Tokens;
    /// The row of the address; null where it could not be linked.
    address: Maybe<Rows>;
    /// Whether the person counts here, at one of the rows.
    counted: Flags;
    /// What the person has to do with the address.
    role: Maybe<Words>;
    each
    /// An attribute of the spec, under its name there.
    attributes: Maybe<Words>;
}

table! {
    /// Grids that were decided for buildings, by building.
    Overrides of OverrideRow in "overrides.arrow";
    /// The row of the building.
    building: Rows;
    /// The row of the grid.
    grid: Rows;
    /// Why it was decided.
    reason: Maybe<Text>;
    /// Who decided it.
    approved_by: Maybe<Text>;
}

table! {
    /// The H3 cells in which something lies, by resolution (5 to 10) and cell. Buildings, addresses, records and blocks of people
    /// count in the cell that contains their point; a cell of H3 is not inside its parent, so cells do not add up to those above them.
    HexCells of HexCellRow in "cells.arrow";
    /// The H3 index.
    cell: Cells;
    /// The resolution.
    resolution: Bytes8;
    /// How many buildings stand in it.
    buildings: Rows;
    /// How many addresses lie in it.
    addresses: Rows;
    /// How many people live in it, as of the last release; null where none was made.
    people: Maybe<Rows>;
    /// At how many addresses somebody lives, as of the last release; null where none was made.
    households: Maybe<Rows>;
    /// Whether the number of people is an estimate.
    people_estimated: Flags;
    /// Whether the number of households is an estimate.
    households_estimated: Flags;
}

table! {
    /// What was found wrong with the data, in the order of the build; about people in `private/issues.arrow`.
    Issues of IssueRow in ISSUES;
    /// The identity, the same from build to build as long as the issue is found; `-2`, `-3` … behind it where several are alike.
    key: Text;
    /// The rule that is broken.
    rule: Text;
    /// How much it matters: `error`, `warning` or `hint`.
    severity: Text;
    /// What it is about: `grid`, `building`, `address`, `person`, `enterprise` or `record`.
    entity: Text;
    /// The code of the thing; the token of a person, the path of a source.
    code: Text;
    /// The code of the other thing, if two do not agree.
    other: Maybe<Text>;
    /// The form of the words that say what was measured.
    form: Text;
    /// The values in these words, JSON.
    values: Text;
    /// The longitude of where it is.
    lng: Maybe<Doubles> = "degrees";
    /// The latitude of where it is.
    lat: Maybe<Doubles> = "degrees";
}
