#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/export.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/source.hpp>
#include <failover/watch.hpp>

/// The factories of every family of exchangeable parts. Each is written in the family's own registry.cpp, as a table
/// from scheme to maker. An unknown scheme is an error of kind usage that lists the known ones.
namespace failover {

class Notifier;

FAILOVER_EXPORT Result<std::unique_ptr<Observer>> make_observer(const ProbeOptions& options);

/// @param location the SOURCE of fo-fetch(1): `sftp://backup@store.example/pbx/3CX*.zip`. A password in it is refused.
FAILOVER_EXPORT Result<std::unique_ptr<Source>> make_source(std::string_view location, const SourceOptions& options);

/// @param url     the UPDATER of fo-promote(1): `rfc2136://SERVER[:53]/ZONE?key-file=F[&from=..&to=..&ttl=60]`
/// @param service the name whose addresses move
/// @param epoch_record the name of the TXT with the mark
/// @param epoch_dns the UPDATER that writes the mark when it lives in a zone of its own; empty = `url`
FAILOVER_EXPORT Result<DnsView> make_dns_view(std::string_view url, std::string_view service,
                                              std::string_view epoch_record, std::string_view epoch_dns = {});

/// @param spec the FENCER of fo-promote(1) without its node: `agent:fence_NAME?..`, `exec:///FILE?kind=power` or
/// `operator`.
/// @param word what the person at the terminal said of this node (`--i-have-powered-off`), RFC 3339; empty = nothing.
FAILOVER_EXPORT Result<std::unique_ptr<Fencer>> make_fencer(std::string_view spec, std::string_view word);

struct ArbiterOptions {
  bool attended = false;                                  ///< a person sits at a terminal and was asked
  bool only_standby = false;                              ///< the configuration says that no other standby exists
  std::string service = {};                               ///< the name of the record
  std::chrono::seconds lease = std::chrono::seconds(15);  ///< how long a claim outlives its claimant
  Duration patience = std::chrono::seconds(2);            ///< with one endpoint of the store, before the next is tried
  std::shared_ptr<DnsUpdater> mark = {};  ///< of the epoch mark alone, for the arbiter `dns`; used by it alone
};

/// @param spec the ARBITER of fo-promote(1): `operator`, `dns` or `etcd://HOST:2379[,HOST:2379..]/PREFIX`.
FAILOVER_EXPORT Result<std::unique_ptr<Arbiter>> make_arbiter(std::string_view spec, const ArbiterOptions& options);

struct WitnessOptions {
  Duration patience = std::chrono::seconds(2);  ///< with one endpoint of the store, before the next is tried
};

/// @param url the store of fo-probe(1): `etcd://HOST:2379[,HOST:2379..]/PREFIX`
FAILOVER_EXPORT Result<std::unique_ptr<Witnesses>> make_witnesses(std::string_view url, const WitnessOptions& options);

/// @param spec the NOTIFIER of failover-notify(7): `exec:///FILE`, `webhook+https://HOST/PATH` or `mail:ADDRESS`. Files
/// that it names are looked at when there is something to tell, not now.
FAILOVER_EXPORT Result<std::unique_ptr<Notifier>> make_notifier(std::string_view spec);

}  // namespace failover
