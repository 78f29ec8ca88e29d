//! What changes while the server runs, when its configuration is read again.

use std::net::SocketAddr;

use crate::Server;
use crate::config::Config;
use crate::listen;
use crate::naming::Naming;
use crate::policy::{Policy, Registration};

impl Server {
    /// Does from now on what this configuration says. The names of settings come back that differ from those the server was
    /// started with, and need a new start.
    pub fn reload(&self, config: &Config) -> Vec<&'static str> {
        let policy = policy(config, self.addresses.iter().map(|(_, addr)| *addr));
        self.hub.waiting.allow(policy.limits.waiting_bytes_max);
        self.service.policies().change(policy);
        needs_restart(&self.started_with, config)
    }
}

/// What may change, of a configuration, for a server that listens on these addresses.
pub(crate) fn policy(config: &Config, mut addresses: impl Iterator<Item = SocketAddr>) -> Policy {
    let Config {
        guests,
        retention_days,
        registration,
        passwords_in_plaintext,
        connections_max,
        name_scripts,
        names_reserved,
        ..
    } = config;
    // Strangers come only where others than this machine are heard.
    let here = addresses.all(|addr| addr.ip().to_canonical().is_loopback());
    let usual = if here { Registration::Open } else { Registration::Invite };
    Policy {
        registration: registration.unwrap_or(usual),
        guests: *guests,
        passwords_in_plaintext: *passwords_in_plaintext,
        retention_days: (*retention_days > 0).then_some(*retention_days),
        connections_max: listen::places(*connections_max),
        limits: config.limits_in_force(),
        naming: Naming::new(name_scripts, names_reserved),
    }
}

fn needs_restart(then: &Config, now: &Config) -> Vec<&'static str> {
    // All of them are named, so that whoever adds one says which kind it is.
    let Config {
        addr,
        listen,
        data_dir,
        telnet_echo,
        database_bytes_max,
        durability,
        metrics,
        log_format,
        tls,
        acme,
        limits,
        limits_switch,
        // These change at once.
        connections_max: _,
        guests: _,
        passwords_in_plaintext: _,
        registration: _,
        retention_days: _,
        name_scripts: _,
        names_reserved: _,
        log: _,
    } = then;
    let differ = [
        ("addr", *addr != now.addr),
        ("listen", *listen != now.listen),
        ("data_dir", *data_dir != now.data_dir),
        ("telnet_echo", *telnet_echo != now.telnet_echo),
        (
            "limits.http_request_seconds_max",
            limits.http_request_seconds_max != now.limits.http_request_seconds_max,
        ),
        ("limits off", *limits_switch != now.limits_switch),
        ("database_bytes_max", *database_bytes_max != now.database_bytes_max),
        ("durability", *durability != now.durability),
        ("metrics", *metrics != now.metrics),
        ("log_format", *log_format != now.log_format),
        ("tls", *tls != now.tls),
        ("acme", *acme != now.acme),
    ];
    differ.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}
