#include "fo-probe/target_list.hpp"

#include <cstddef>
#include <fstream>
#include <iostream>
#include <istream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "fo-probe/probe_options.hpp"

namespace failover::cli {

namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_targets = 100'000;

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Result<void> read_lines(std::istream& stream, const std::string& name, std::vector<std::string>& texts) {
  std::string line;
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    const auto text = trimmed(line);
    if (text.empty() || text.starts_with('#')) continue;
    if (text.size() > longest_line || texts.size() >= most_targets) {
      return fail(ErrorKind::usage,
                  fmt::format("{}:{}: too long, or more than {} targets", name, number, most_targets));
    }
    if (const auto target = parse_target(text); !target) {
      return std::unexpected(target.error().while_doing(fmt::format("{}:{}", name, number)));
    }
    texts.emplace_back(text);
  }
  if (stream.bad()) return fail(ErrorKind::io, fmt::format("reading targets from {} failed", name));
  return {};
}

/// The three tests of 3CX.
Result<void> add_services(const std::string& host, const ProbeToolOptions& options, std::vector<std::string>& texts) {
  const auto place = host.find(':') != std::string::npos && !host.starts_with('[') ? "[" + host + "]" : host;
  const auto services = options.services.empty() ? std::vector<std::string>{"sip", "web", "tunnel"} : options.services;
  for (const auto& service : services) {
    if (service == "sip") {
      texts.push_back(fmt::format("sip://{}:5060", place));
    } else if (service == "web") {
      texts.push_back(fmt::format("https://{}:{}/", place, options.web_port));
    } else if (service == "tunnel") {
      texts.push_back(fmt::format("tunnel://{}:5090", place));
    } else {
      return fail(ErrorKind::usage, fmt::format("--service: '{}' is not sip, web or tunnel", service));
    }
  }
  return {};
}

Result<std::vector<Target>> parse_all(const std::vector<std::string>& texts) {
  std::vector<Target> targets;
  std::unordered_set<std::string_view> known;
  for (const auto& text : texts) {
    // Twice the same would count twice towards --fail-when.
    if (!known.insert(text).second) return fail(ErrorKind::usage, fmt::format("target '{}' is named twice", text));
    targets.push_back(FO_TRY(parse_target(text)));
  }
  return targets;
}

}  // namespace

Result<std::vector<std::string>> read_target_lines(const std::string& name) {
  std::vector<std::string> texts;
  if (name == "-") {
    FO_TRY(read_lines(std::cin, "stdin", texts));
    return texts;
  }
  std::ifstream file(name);
  if (!file) return fail(ErrorKind::not_found, fmt::format("the file of targets '{}' cannot be read", name));
  FO_TRY(read_lines(file, name, texts));
  return texts;
}

Result<std::vector<Target>> read_targets(const ProbeToolOptions& options) {
  auto texts = options.targets;
  if (options.targets_from) {
    for (auto& line : FO_TRY(read_target_lines(*options.targets_from))) texts.push_back(std::move(line));
  }
  if (options.host) FO_TRY(add_services(*options.host, options, texts));
  if (!options.host && !options.services.empty()) return fail(ErrorKind::usage, "--service needs --host");
  if (texts.empty()) return fail(ErrorKind::usage, "there is nothing to probe: name a TARGET; see fo-probe --help");
  return parse_all(texts);
}

Result<std::vector<Target>> read_references(const ProbeToolOptions& options) {
  return parse_all(options.references);
}

}  // namespace failover::cli
