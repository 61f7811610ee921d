#pragma once

#include <string>

#include <failover/error.hpp>

#include "fo-promote/init/answers.hpp"

/// What an answer must look like, before anybody is asked about it: kind usage with a clause that says what is wrong.
namespace failover::promote_tool::rules {

Result<void> service(const std::string& value, const Answers& answers);
Result<void> role(const std::string& value, const Answers& answers);
Result<void> node(const std::string& value, const Answers& answers);
Result<void> peer(const std::string& value, const Answers& answers);
Result<void> address(const std::string& value, const Answers& answers);
Result<void> peer_address(const std::string& value, const Answers& answers);
Result<void> machine_id(const std::string& value, const Answers& answers);
Result<void> pbx(const std::string& value, const Answers& answers);
Result<void> services(const std::string& value, const Answers& answers);
Result<void> port(const std::string& value, const Answers& answers);
Result<void> duration(const std::string& value, const Answers& answers);
Result<void> fail_when(const std::string& value, const Answers& answers);
Result<void> target(const std::string& value, const Answers& answers);
Result<void> path(const std::string& value, const Answers& answers);
Result<void> map(const std::string& value, const Answers& answers);
Result<void> window(const std::string& value, const Answers& answers);
Result<void> time_of_day(const std::string& value, const Answers& answers);
Result<void> unit(const std::string& value, const Answers& answers);
Result<void> fence(const std::string& value, const Answers& answers);
Result<void> notify(const std::string& value, const Answers& answers);
Result<void> text(const std::string& value, const Answers& answers);

}  // namespace failover::promote_tool::rules
