//! Requests to the city's hotline 12345 over two years, with what is wrong with such exports: tickets that come twice,
//! times that cannot be, addresses as people say them.

use std::io::{self, Write};

use crate::address::place;
use crate::calendar::{self, Moment};
use crate::city::City;
use crate::geometry::Point;
use crate::grid::{Grid, Premises};
use crate::random::{Purpose, Random};
use crate::saying::say;
use crate::topic::{BY_NIGHT, NOISE, TOPICS, Topic};

/// First line of the hotline file.
pub(crate) const HEADER: &str = "工单编号,创建时间,办结时间,大类,小类,细类,地址,addr_code,x,y,满意度,状态";

/// Share of requests that carry an address code.
const CODED: f64 = 0.6;
/// Share of requests that carry coordinates.
const PLACED: f64 = 0.2;
/// Coordinates are off by at most this east or west, north or south, metres.
const ASTRAY: f64 = 4.0;
/// Share of requests about a room; the others are about a building or what is beside it.
const INDOORS: f64 = 0.65;
/// Requests are moved from a weekend to another day of the month with this probability.
const AVOIDS_WEEKENDS: f64 = 0.35;
/// Share of requests that nobody settles.
const FORGOTTEN: f64 = 0.015;
/// Days until a request is settled, with their shares in percent.
const DAYS_OPEN: [(u32, u32); 9] = [(0, 12), (1, 19), (2, 16), (3, 14), (5, 14), (7, 11), (10, 7), (15, 5), (30, 2)];
/// Office hours in which requests are settled, minutes after midnight.
const OFFICE: [u32; 2] = [9 * 60, 17 * 60 + 59];
/// Least and most minutes until a request is settled the same day.
const AT_ONCE: [u32; 2] = [25, 300];
/// Share of settled requests that were rated.
const RATED: f64 = 0.55;
/// Share of settled requests that were refused.
const REFUSED: f64 = 0.02;
/// Shares of the ratings from 1 to 5.
const RATINGS: [u32; 5] = [6, 7, 17, 30, 40];
/// Days at the end of the period in which open requests are still new.
const NEW: u32 = 2;

/// Of every hundred tickets, this one is written again.
const COPIED: u64 = 40;
/// Of every hundred tickets, this one is followed by the copy.
const BEFORE_COPY: u64 = 90;
/// Tickets from one time that cannot be to the next.
const MISDATED_EVERY: u64 = 200;
/// The first ticket with a time that cannot be.
const FIRST_MISDATED: u64 = 15;

/// The months of the hot spot: June to August 2026.
const HOT_MONTHS: std::ops::Range<u32> = 20..23;

/// The requests of a city, made grid by grid.
#[derive(Debug)]
pub(crate) struct Hotline {
    /// Requests about each address.
    by_address: f64,
    /// Index of the community that complains of noise.
    hot: usize,
    /// How many tickets there are so far.
    tickets: u64,
    /// How many tickets there are of each day so far.
    by_day: Vec<u32>,
    /// The ticket that is to be written again.
    copy: Option<String>,
}

/// A request.
struct Request {
    topic: &'static Topic,
    leaf: &'static str,
    created: Moment,
    /// When it was settled.
    settled: Option<Moment>,
}

impl Hotline {
    /// The requests of `city`, none of them made yet.
    pub(crate) fn new(city: &City) -> Self {
        let communities = city.communities.len() as u32;
        Self {
            by_address: city.targets.requests / city.targets.addresses,
            hot: Random::new(city.seed, Purpose::Hotline, &[]).below(communities) as usize,
            tickets: 0,
            by_day: vec![0; calendar::DAYS as usize],
            copy: None,
        }
    }

    /// Writes the requests from one grid; returns the number of rows.
    pub(crate) fn write(&mut self, out: &mut impl Write, grid: &Grid<'_>, random: &mut Random) -> io::Result<u64> {
        let expected = self.by_address * grid.addresses() as f64;
        let mut rows = 0;
        for _ in 0..random.round(expected) {
            rows += self.write_request(out, grid, Request::new, random)?;
        }
        if grid.community.index == self.hot {
            for _ in 0..random.round(expected) {
                rows += self.write_request(out, grid, Request::of_hot_spot, random)?;
            }
        }
        Ok(rows)
    }

    /// Writes a request about some address of the grid, and the copy that may be due; returns the number of rows.
    fn write_request(
        &mut self,
        out: &mut impl Write,
        grid: &Grid<'_>,
        make: fn(usize, &mut Random) -> Option<Request>,
        random: &mut Random,
    ) -> io::Result<u64> {
        let room = random.chance(INDOORS).then(|| random.below(grid.rooms.len() as u32) as usize);
        let room = room.filter(|&room| room < grid.rooms.len());
        let premises = match room {
            Some(room) => grid.premises_of(room),
            None => grid.premises.get(random.below(grid.premises.len() as u32) as usize),
        };
        let Some(premises) = premises else { return Ok(0) };
        let Some(request) = make(usize::from(!premises.building.usage.is_dwelling()), random) else { return Ok(0) };
        let number = self.number(request.created.day());
        let created = self.created(request.created);
        let about = about(grid, premises, room, random);
        let line = format!("{number},{created},{},{about},{}", request.settlement(), request.outcome(random));
        writeln!(out, "{line}")?;
        self.tickets += 1;
        match self.tickets % 100 {
            COPIED => self.copy = Some(line),
            BEFORE_COPY => return self.finish(out).map(|rows| 1 + rows),
            _ => {}
        }
        Ok(1)
    }

    /// Writes the copy of a ticket that is still due, if there is one; returns the number of rows.
    pub(crate) fn finish(&mut self, out: &mut impl Write) -> io::Result<u64> {
        let Some(copy) = self.copy.take() else { return Ok(0) };
        writeln!(out, "{copy}")?;
        Ok(1)
    }

    /// The number of the day's next ticket.
    fn number(&mut self, day: u32) -> String {
        let (year, month, day_of_month) = calendar::date(day);
        let count = &mut self.by_day[day as usize];
        *count += 1;
        format!("GD{year}{month:02}{day_of_month:02}{:05}", *count)
    }

    /// When the next ticket was made, as the export says it: now and then a time that cannot be.
    fn created(&self, moment: Moment) -> String {
        let Some(ticket) = self.tickets.checked_sub(FIRST_MISDATED) else { return moment.to_string() };
        let (_, month, day) = calendar::date(moment.day());
        let time = format!("{}:{:02}", moment.minute() / 60, moment.minute() % 60);
        match (ticket % MISDATED_EVERY, ticket / MISDATED_EVERY % 3) {
            (0, 0) => format!("2027/{month}/{day} {time}"),
            (0, 1) => format!("1899/12/30 {time}"),
            (0, _) => format!("2026/2/30 {time}"),
            _ => moment.to_string(),
        }
    }
}

impl Request {
    /// Some request from a dwelling (0) or from elsewhere (1).
    fn new(origin: usize, random: &mut Random) -> Option<Self> {
        let topic = &TOPICS[random.weighted(&TOPICS.each_ref().map(|topic| topic.shares[origin]))];
        let months: Vec<u32> =
            (0..calendar::MONTHS).map(|month| topic.months[calendar::month_of_year(month)]).collect();
        let month = random.weighted(&months) as u32;
        let mut day = random.below(calendar::length(month));
        if calendar::is_weekend(calendar::first_day(month) + day) && random.chance(AVOIDS_WEEKENDS) {
            day = random.below(calendar::length(month));
        }
        Self::on_day(topic, calendar::first_day(month) + day, topic.hours, random)
    }

    /// A complaint of noise at night in the summer of 2026.
    fn of_hot_spot(_: usize, random: &mut Random) -> Option<Self> {
        let topic = TOPICS.iter().find(|topic| topic.name == NOISE)?;
        let days = [HOT_MONTHS.start, HOT_MONTHS.end].map(calendar::first_day);
        Self::on_day(topic, random.within(days[0], days[1] - 1), &BY_NIGHT, random)
    }

    fn on_day(topic: &'static Topic, day: u32, hours: &[u32; 24], random: &mut Random) -> Option<Self> {
        let leaves = topic.leaves.len() as u32;
        let shares: Vec<u32> = (0..leaves).map(|leaf| 2 * (leaves - leaf) - 1).collect();
        let leaf = topic.leaves[random.weighted(&shares)];
        let minute = 60 * random.weighted(hours) as u32 + random.below(60);
        let settled = settled(day, minute, random);
        Some(Self { topic, leaf, created: Moment::new(day, minute)?, settled })
    }

    /// When it was settled and its classes, as columns.
    fn settlement(&self) -> String {
        let settled = self.settled.map(|settled| settled.to_string()).unwrap_or_default();
        format!("{settled},{},{},{}", self.topic.major, self.topic.name, self.leaf)
    }

    /// Rating and state, as columns.
    fn outcome(&self, random: &mut Random) -> String {
        match self.settled {
            Some(_) if random.chance(REFUSED) => ",不予受理".to_owned(),
            Some(_) if random.chance(RATED) => format!("{},已回访", random.weighted(&RATINGS) + 1),
            Some(_) => ",已办结".to_owned(),
            None if self.created.day() + NEW >= calendar::DAYS => ",待受理".to_owned(),
            None => ",处理中".to_owned(),
        }
    }
}

/// When a request made at a time is settled; `None` if it was not within the period.
fn settled(day: u32, minute: u32, random: &mut Random) -> Option<Moment> {
    let (days, _) = DAYS_OPEN[random.weighted(&DAYS_OPEN.map(|(_, share)| share))];
    let soon = minute + random.within(AT_ONCE[0], AT_ONCE[1]);
    let later = random.within(OFFICE[0], OFFICE[1]);
    let settled = Moment::new(day + days, if days == 0 { soon } else { later });
    settled.filter(|_| !random.chance(FORGOTTEN))
}

/// Address, address code and coordinates, as columns.
fn about(grid: &Grid<'_>, premises: &Premises, room: Option<usize>, random: &mut Random) -> String {
    let listed = room.and_then(|room| grid.rooms.get(room));
    let inside = listed.map_or("", |room| room.within(&premises.location));
    let said = say(grid.ancestry, &premises.location, inside, random);
    let code = match listed {
        _ if !random.chance(CODED) => String::new(),
        Some(room) => room.code.clone(),
        None => premises.main_address(),
    };
    if !random.chance(PLACED) {
        return format!("{said},{code},,");
    }
    let astray = Point::new(random.between(-ASTRAY, ASTRAY), random.between(-ASTRAY, ASTRAY));
    format!("{said},{code},{}", place(premises.building.front() + astray))
}
