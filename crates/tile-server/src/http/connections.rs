//! The open connections: what each holds, and which goes when there is too much.
//!
//! Whoever sends half a request, or takes nothing of an answer, holds memory and a place but no work. When places or memory
//! run out the clients that hold the most of them lose their oldest connections, those at work excepted. So nobody is
//! kept out by clients that wait, whether they mean it or not.

use crate::config::{Limits, Network};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};
use tokio::sync::Notify;

/// So many places are freed at once, as a share of all: looking for them takes longer than taking a connection.
const FREED_SHARE: usize = 64;

/// All open connections of a server.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    next: AtomicU64,
    /// Bytes of bodies that arrived and of answers that were not taken yet.
    held: AtomicUsize,
    /// Connections closed to make room.
    pub(crate) closed: AtomicU64,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Connection {
    id: u64,
    client: Client,
    all: Arc<Connections>,
    opened: Instant,
    /// When it began to wait for its client, microseconds after it was opened; [`AT_WORK`] while the client waits for it.
    waits_since: AtomicU64,
    held: AtomicUsize,
    /// Bytes of the last answer that the socket did not take yet, a part of `held`.
    unsent: AtomicUsize,
    sent: Notify,
    is_doomed: AtomicBool,
    doomed: Notify,
}

/// In [`Connection::waits_since`].
const AT_WORK: u64 = u64::MAX;

/// Whom a limit counts as one: an IPv4 address, or a /64 of IPv6, which is what one subscriber has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

impl From<IpAddr> for Client {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => Self(IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64))),
            v4 => Self(v4),
        }
    }
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection, for which another one may have to go; none if its client has as many as it may.
    pub(crate) fn take(self: &Arc<Self>, peer: IpAddr, limits: &Limits, network: &Network) -> Option<Place> {
        let client = Client::from(peer);
        let mut open = self.lock();
        if !network.is_exempt(peer) && !network.is_proxy(peer) {
            let of_client = open.values().filter(|c| c.client == client && !c.is_doomed()).count();
            if of_client >= limits.connections_per_client as usize {
                return None;
            }
        }
        let most = limits.connections as usize;
        if open.len() >= most {
            let doomed = open.values().filter(|c| c.is_doomed()).count();
            let wanted = (open.len() + 1 - most).max(most / FREED_SHARE);
            doom(&open, None, wanted.saturating_sub(doomed), |_| 1);
        }
        let id = self.next.fetch_add(1, Relaxed);
        let connection = Arc::new(Connection {
            id,
            client,
            all: Arc::clone(self),
            opened: Instant::now(),
            waits_since: AtomicU64::new(0),
            held: AtomicUsize::new(0),
            unsent: AtomicUsize::new(0),
            sent: Notify::new(),
            is_doomed: AtomicBool::new(false),
            doomed: Notify::new(),
        });
        open.insert(id, Arc::clone(&connection));
        Some(Place(connection))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// What they hold, bytes.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Relaxed)
    }
}

/// Dooms connections that wait for their clients until `wanted` of what `measure` says is freed: always the oldest one of the
/// client that has most of it. Returns how much is missing.
fn doom(
    open: &HashMap<u64, Arc<Connection>>,
    except: Option<u64>,
    mut wanted: usize,
    measure: impl Fn(&Connection) -> usize,
) -> usize {
    if wanted == 0 {
        return 0;
    }
    let mut by_client: HashMap<Client, (usize, Vec<&Connection>)> = HashMap::new();
    for connection in open.values().filter(|c| !c.is_doomed()) {
        let size = measure(connection);
        let (all, waiting) = by_client.entry(connection.client).or_default();
        *all += size;
        if size > 0 && Some(connection.id) != except && connection.waits_since.load(Relaxed) != AT_WORK {
            waiting.push(connection);
        }
    }
    // The longest wait stands last.
    for (_, waiting) in by_client.values_mut() {
        waiting.sort_unstable_by_key(|c| std::cmp::Reverse(c.waited_since()));
    }
    while wanted > 0 {
        let greediest = by_client.values_mut().filter(|(_, waiting)| !waiting.is_empty()).max_by_key(|(all, _)| *all);
        let Some((all, waiting)) = greediest else { break };
        let Some(oldest) = waiting.pop() else { break };
        let size = measure(oldest);
        *all = all.saturating_sub(size);
        wanted = wanted.saturating_sub(size);
        oldest.is_doomed.store(true, Relaxed);
        oldest.doomed.notify_one();
        oldest.all.closed.fetch_add(1, Relaxed);
    }
    wanted
}

impl Connection {
    fn is_doomed(&self) -> bool {
        self.is_doomed.load(Relaxed)
    }

    fn waited_since(&self) -> Instant {
        let after = self.waits_since.load(Relaxed);
        self.opened + std::time::Duration::from_micros(if after == AT_WORK { 0 } else { after })
    }

    fn now(&self) -> u64 {
        self.opened.elapsed().as_micros() as u64
    }

    /// From now on the client waits for the server.
    pub(crate) fn works(&self) {
        self.waits_since.store(AT_WORK, Relaxed);
    }

    /// From now on the server waits for the client.
    pub(crate) fn waits(&self) {
        self.waits_since.store(self.now(), Relaxed);
    }

    /// Ends when the connection has to go.
    pub(crate) async fn doomed(&self) {
        self.doomed.notified().await;
    }

    /// Counts bytes of a body, for which others may have to go; false if there is no room for them.
    pub(crate) fn hold(&self, bytes: usize, limits: &Limits) -> bool {
        self.held.fetch_add(bytes, Relaxed);
        self.all.held.fetch_add(bytes, Relaxed);
        self.make_room(limits)
    }

    /// Counts bytes that are not held any more.
    pub(crate) fn let_go(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Relaxed);
        self.all.held.fetch_sub(bytes, Relaxed);
    }

    /// Counts an answer that the client has to take now. There is always room for one; then others go.
    pub(crate) fn answers(&self, bytes: usize, limits: &Limits) {
        self.unsent.fetch_add(bytes, Relaxed);
        self.hold(bytes, limits);
        self.waits();
    }

    /// Counts bytes that the socket took.
    pub(crate) fn took(&self, bytes: usize) {
        let unsent = self.unsent.load(Relaxed);
        if unsent == 0 {
            return;
        }
        // Heads of answers and chunks come beside what was counted, so an answer may seem to be done a little early.
        let bytes = bytes.min(unsent);
        self.let_go(bytes);
        if self.unsent.fetch_sub(bytes, Relaxed) == bytes {
            self.sent.notify_one();
        }
    }

    /// Whether the client has taken all of its answers.
    pub(crate) fn has_sent(&self) -> bool {
        self.unsent.load(Relaxed) == 0
    }

    /// Ends when the client has taken what it was answered before: one answer of a connection is enough to hold.
    pub(crate) async fn all_sent(&self) {
        while !self.has_sent() {
            self.sent.notified().await;
        }
    }

    fn make_room(&self, limits: &Limits) -> bool {
        let (most, held) = (limits.held_bytes as usize, self.all.held());
        if held <= most {
            return true;
        }
        let open = self.all.lock();
        let going: usize = open.values().filter(|c| c.is_doomed()).map(|c| c.held.load(Relaxed)).sum();
        let wanted = self.all.held().saturating_sub(most).saturating_sub(going);
        doom(&open, Some(self.id), wanted, |c| c.held.load(Relaxed)) == 0
    }
}

/// A connection's place among the open ones, given back when it is closed.
#[derive(Debug)]
pub(crate) struct Place(Arc<Connection>);

impl Place {
    pub(crate) fn connection(&self) -> &Arc<Connection> {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Self(connection) = self;
        connection.all.lock().remove(&connection.id);
        connection.all.held.fetch_sub(connection.held.swap(0, Relaxed), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn limits(lines: &str) -> (Limits, Network) {
        let lines = format!("[limits]\nconcurrent_requests = 1\n{lines}");
        let settings = Settings::parse(&lines, "server.toml".as_ref()).expect("settings");
        (settings.limits, settings.network)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn doomed(places: &[&Place]) -> Vec<bool> {
        places.iter().map(|place| place.0.is_doomed()).collect()
    }

    #[test]
    fn for_one_more_the_oldest_of_the_greediest_goes() {
        let (limits, network) = limits("connections = 4\n[network]\nexempt = [\"10.0.0.9\"]");
        let all = Arc::new(Connections::default());
        let take = |client: &str| all.take(ip(client), &limits, &network).expect("a place");
        let (lonely, at_work) = (take("10.0.0.1"), take("10.0.0.9"));
        at_work.connection().works();
        let (waiting, later) = (take("10.0.0.9"), take("10.0.0.9"));
        assert_eq!(all.len(), 4);
        let _new = take("10.0.0.2");
        assert_eq!(doomed(&[&lonely, &at_work, &waiting, &later]), [false, false, true, false]);
        drop(waiting);
        let _newer = take("10.0.0.3");
        assert_eq!(doomed(&[&lonely, &at_work, &later]), [false, false, true]);
        assert_eq!((all.len(), all.closed.load(Relaxed)), (5, 2));
    }

    #[test]
    fn a_client_has_so_many_unless_it_is_exempt_or_a_proxy() {
        let (limits, network) =
            limits("connections_per_client = 2\n[network]\nexempt = [\"::1/128\"]\nproxies = [\"10.0.0.9\"]");
        let all = Arc::new(Connections::default());
        let taken = |client: &str| {
            let places: Vec<_> = (0..3).map_while(|_| all.take(ip(client), &limits, &network)).collect();
            places.len()
        };
        let counts = ["10.0.0.1", "::ffff:10.0.0.9", "::1", "2001:db8::1"].map(taken);
        assert_eq!(counts, [2, 3, 3, 2]);
        let _first = all.take(ip("2001:db8::1"), &limits, &network);
        let _second = all.take(ip("2001:db8::ffff:2"), &limits, &network);
        assert!(all.take(ip("2001:db8::3"), &limits, &network).is_none(), "a subscriber has a whole /64");
        assert_eq!(all.len(), 2);
    }

    #[test]
    fn what_is_held_has_room_or_goes() {
        let (limits, network) = limits("held_bytes = 1000");
        let all = Arc::new(Connections::default());
        let take = |client: &str| all.take(ip(client), &limits, &network).expect("a place");
        let (slow, slower, own) = (take("10.0.0.1"), take("10.0.0.1"), take("10.0.0.2"));
        assert!(slow.connection().hold(400, &limits) && slower.connection().hold(400, &limits));
        own.connection().answers(300, &limits);
        assert_eq!(doomed(&[&slow, &slower, &own]), [true, false, false]);
        drop(slow);
        own.connection().took(200);
        assert!(!own.connection().has_sent());
        own.connection().took(150);
        assert!(own.connection().has_sent());
        assert_eq!(all.held(), 400);
        // Who is at work is not closed: then there is no room.
        slower.connection().works();
        assert!(!own.connection().hold(700, &limits));
        own.connection().let_go(700);
        drop((slower, own));
        assert_eq!((all.held(), all.len()), (0, 0));
    }
}
