//! From an endpoint to an exchange: resolve, check, dial, in one place.
//!
//! The address that the policy cleared is the address the socket gets; a name is resolved once per
//! exchange, through the resolvers the [`Wire`] was given and no other way (no host file, no
//! system call that may see another answer).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::endpoint::{Endpoint, Host, Origin};
use crate::error::ProbeError;
use crate::policy::Cleared;
use crate::wire::{Call, Session};

/// Most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 4;

impl Session<'_> {
    /// Clears the addresses of an endpoint; an error when none may be dialled.
    pub(crate) async fn reach(&self, endpoint: &Endpoint) -> Result<Vec<Cleared>, ProbeError> {
        let policy = &self.wire.policy;
        let clear = |origin: Origin, ip: IpAddr| match origin {
            Origin::Typed => Ok(policy.typed(SocketAddr::new(ip, endpoint.port))),
            Origin::Found => policy.found(SocketAddr::new(ip, endpoint.port)),
        };
        let cleared: Vec<_> = match &endpoint.host {
            Host::Address(ip) => vec![clear(endpoint.origin, *ip)],
            // RFC 6761 section 6.3: always the own machine, never asked of a resolver.
            Host::Name(name) if name == "localhost" || name.ends_with(".localhost") => {
                [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
                    .map(|ip| clear(endpoint.origin, ip))
                    .into()
            }
            // The address of a name comes out of an answer, whoever typed the name.
            Host::Name(name) => {
                let found = self
                    .resolve(name)
                    .await
                    .map_err(|failure| ProbeError::NotResolved { host: name.clone(), why: failure.says() })?;
                found.into_iter().map(|ip| clear(Origin::Found, ip)).collect()
            }
        };
        let mut refused = None;
        let mut open = Vec::new();
        for address in cleared {
            match address {
                Ok(address) => open.push(address),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        open.truncate(MAX_ADDRESSES);
        match refused {
            Some(error) if open.is_empty() => Err(error),
            _ => Ok(open),
        }
    }

    /// Makes an exchange with the first address of an endpoint that takes a connection.
    pub(crate) async fn first_reachable<'c>(
        &self,
        endpoint: &Endpoint,
        call: impl Fn(Cleared) -> Call<'c>,
    ) -> Result<Vec<u8>, ProbeError> {
        let mut first = None;
        for address in self.reach(endpoint).await? {
            match self.exchange(call(address)).await {
                Err(
                    error @ (ProbeError::ConnectionRefused | ProbeError::Unreachable | ProbeError::TimedOut { .. }),
                ) => {
                    first = first.or(Some(error));
                }
                other => return other,
            }
        }
        Err(first.unwrap_or(ProbeError::Unreachable))
    }
}
