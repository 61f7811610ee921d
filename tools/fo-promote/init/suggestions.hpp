#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/surroundings.hpp"

/// What Enter means, question by question.
namespace failover::promote_tool::suggest {

using Values = std::vector<std::string>;

Values role(const Answers& answers, Surroundings& around);
Values node(const Answers& answers, Surroundings& around);
Values address(const Answers& answers, Surroundings& around);
Values peer(const Answers& answers, Surroundings& around);
Values peer_address(const Answers& answers, Surroundings& around);
Values pbx(const Answers& answers, Surroundings& around);
Values services(const Answers& answers, Surroundings& around);
Values web_port(const Answers& answers, Surroundings& around);
Values interval(const Answers& answers, Surroundings& around);
Values fail_when(const Answers& answers, Surroundings& around);
Values identity_file(const Answers& answers, Surroundings& around);
Values known_hosts(const Answers& answers, Surroundings& around);
Values restore_hook(const Answers& answers, Surroundings& around);
Values restore_at(const Answers& answers, Surroundings& around);
Values unit(const Answers& answers, Surroundings& around);
Values start_hook(const Answers& answers, Surroundings& around);
Values stop_hook(const Answers& answers, Surroundings& around);
Values dns(const Answers& answers, Surroundings& around);
Values ttl(const Answers& answers, Surroundings& around);
Values reference(const Answers& answers, Surroundings& around);
Values person(const Answers& answers, Surroundings& around);

/// "pbx1" for "pbx2", "standby" for "active", and the other way round; empty for a name without a counterpart.
std::string counterpart_name(std::string_view name);

}  // namespace failover::promote_tool::suggest
