#pragma once

#include <memory>
#include <string>
#include <vector>

#include <failover/arbiter.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/promoter.hpp>

#include "cli/session.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

/// What a promotion is made of, built from options and configuration; owns what `parts` refers to.
struct Assembly {
  PromotionSettings settings;
  std::unique_ptr<Observer> observer;
  std::unique_ptr<Observer> self_observer;
  std::unique_ptr<Arbiter> arbiter;
  std::vector<PromotionPeer> peers;
  std::vector<DnsView> views;
  std::vector<std::unique_ptr<Witnesses>> observers;
  std::vector<std::unique_ptr<Notifier>> notifiers;
  std::string demote_command;  ///< of assemble_for_demote(): what a person types to go on

  /// Hands everything but observer and arbiter over; called once.
  PromotionParts parts();
};

/// Everything for plan, run and resume. Nothing is asked yet; errors are of kind usage and config.
/// @param attended a person at a terminal will be asked
Result<Assembly> assemble(const PromoteOptions& options, const cli::Session& session, bool attended);

/// What abort needs: the commands to name, and the arbiter.
Result<Assembly> assemble_for_abort(const PromoteOptions& options, const cli::Session& session);

/// What guard needs: who we are, and the arbiter.
Result<Assembly> assemble_for_guard(const PromoteOptions& options, const cli::Session& session);

/// What a service fence needs: who we are, the service here, and its self-probes. No arbiter is made.
Result<Assembly> assemble_for_fence(const PromoteOptions& options, const cli::Session& session);

/// What a demotion needs: a service fence's, and the arbiter.
Result<Assembly> assemble_for_demote(const PromoteOptions& options, const cli::Session& session, bool attended);

/// The views of --dns alone.
Result<std::vector<DnsView>> make_views(const PromoteOptions& options);

/// --ttl in whole seconds.
Result<std::chrono::seconds> whole_seconds(Duration ttl);

}  // namespace failover::promote_tool
