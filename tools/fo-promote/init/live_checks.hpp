#pragma once

#include <string>
#include <vector>

#include <failover/context.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/surroundings.hpp"

/// One look for each kind of answer. What cannot be made at all is wrong; what does not answer now is a doubt.
namespace failover::promote_tool::check {

using Findings = std::vector<Finding>;

/// Each target is asked once.
Findings targets(const std::vector<std::string>& texts, const Context& context);
/// There, a program, and not writable by everybody.
Finding program(const std::string& file, const std::string& pbx);
/// There, and readable by its owner alone where it is `secret`.
Finding file(const std::string& file, bool secret);
/// The newest backup of the source, by fo-fetch's own survey.
Findings source(const Answers& answers, const Context& context);
/// What each view holds, its TTL, and the right to change it.
Findings dns(const Answers& answers, const Context& context);
Findings epoch_dns(const Answers& answers, const Context& context);
/// The status of each fencer of the other node; never a fence.
Findings fencers(const Answers& answers, const Context& context);
/// Whether its record can be read.
Findings arbiter(const Answers& answers, const Context& context);
/// All up, and two of them beyond the gateway.
Findings references(const Answers& answers, const HostFacts& host, const Context& context);
/// Whether a first restore will find something in its place.
Finding restore_target(const std::string& directory);

}  // namespace failover::promote_tool::check
