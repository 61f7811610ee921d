#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/fetcher.hpp>
#include <failover/registry.hpp>
#include <failover/source.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/live_checks.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool::check {

namespace {

constexpr auto patience = std::chrono::minutes(1);
constexpr auto old_age = std::chrono::hours(26);

std::optional<std::string> text(const Answers& answers, std::string_view flag) {
  const auto& value = answers.first(flag);
  return value.empty() ? std::nullopt : std::optional(value);
}

SourceOptions access(const Answers& answers) {
  SourceOptions options;
  options.identity_file = text(answers, "identity-file");
  options.known_hosts = text(answers, "known-hosts");
  options.password_file = text(answers, "password-file");
  options.credentials_file = text(answers, "credentials-file");
  options.ca_file = text(answers, "ca-file");
  options.username = text(answers, "username");
  options.endpoint = text(answers, "endpoint");
  options.smb_guest = answers.has("smb-guest");
  options.smb_encryption = answers.has("smb-encryption");
  options.smb_kerberos = answers.has("smb-kerberos");
  options.stall_timeout = std::chrono::seconds(10);
  return options;
}

std::string in_hours_or_days(std::chrono::system_clock::duration age) {
  constexpr auto long_ago = std::chrono::days(2);
  if (age < long_ago) return fmt::format("{} h", std::chrono::floor<std::chrono::hours>(age).count());
  return fmt::format("{} days", std::chrono::floor<std::chrono::days>(age).count());
}

Finding newest(const std::vector<FetchCandidate>& candidates) {
  const auto complete = [](const FetchCandidate& each) { return each.state == ArchiveState::complete; };
  const auto first = std::ranges::find_if(candidates, complete);
  if (first == candidates.end()) {
    return {FindingGrade::doubt, fmt::format("none of the {} files there is a complete backup", candidates.size())};
  }
  const auto age = std::chrono::system_clock::now() - first->backup_time();
  constexpr double million = 1e6;
  auto said = fmt::format("the newest backup there is {} ({:.1f} MB, {} old)", first->object.name,
                          static_cast<double>(first->object.size) / million, in_hours_or_days(age));
  return {age > old_age ? FindingGrade::doubt : FindingGrade::good, std::move(said)};
}

Result<Finding> survey(const Answers& answers, const Context& context) {
  auto source = FO_TRY(make_source(answers.first("source"), access(answers)));
  // A survey stores nothing.
  FetchOptions options;
  options.output = options.state_dir = "/nonexistent";
  const auto fetcher = FO_TRY(make_fetcher(std::move(source), options));
  return newest(FO_TRY(fetcher->survey(context.within(patience))));
}

Finding look(const Answers& answers, const Context& context) {
  auto found = survey(answers, context);
  if (found) return std::move(*found);
  const bool senseless = found.error().kind == ErrorKind::usage || found.error().kind == ErrorKind::config;
  return {senseless ? FindingGrade::wrong : FindingGrade::doubt, found.error().message};
}

}  // namespace

Findings source(const Answers& answers, const Context& context) {
  if (answers.is("source", "none")) return {{FindingGrade::good, "no data is brought over"}};
  auto finding = look(answers, context);
  // Asked for with the answer that completes the access to it.
  finding.about = "source";
  return {std::move(finding)};
}

}  // namespace failover::promote_tool::check
