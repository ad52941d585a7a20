//! Handlers of the service's own interface: look-ups, addresses, findings, and what is served.

pub(crate) mod about;
pub(crate) mod batch;
pub(crate) mod card;
pub(crate) mod catalogue;
pub(crate) mod changes;
pub(crate) mod geocode;
pub(crate) mod health;
pub(crate) mod issues;
pub(crate) mod layers;
pub(crate) mod lookup;
pub(crate) mod search;
