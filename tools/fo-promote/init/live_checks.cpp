#include "fo-promote/init/live_checks.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <failover/arbiter.hpp>
#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/observer.hpp>
#include <failover/registry.hpp>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/presets.hpp"
#include "fo-promote/init/surroundings.hpp"

namespace failover::promote_tool::check {

namespace {

constexpr auto patience = std::chrono::seconds(10);
constexpr auto long_ttl = std::chrono::seconds(300);

Finding good(std::string text) {
  return {FindingGrade::good, std::move(text)};
}

Finding doubt(std::string text) {
  return {FindingGrade::doubt, std::move(text)};
}

/// What makes no sense is wrong; what failed now may work later.
Finding failed(const Error& error) {
  const bool senseless = error.kind == ErrorKind::usage || error.kind == ErrorKind::config;
  return {senseless ? FindingGrade::wrong : FindingGrade::doubt, error.message};
}

std::string epoch_record(const Answers& answers) {
  const auto& given = answers.first("epoch-record");
  return given.empty() ? "_failover." + answers.first("service") : given;
}

void look_at_record(Findings& found, const std::string& what, const ServiceRecord& record, const Answers& answers) {
  const auto here = endpoints_of(record);
  const auto& expected = answers.all(answers.is("role", "active") ? "address" : "peer-address");
  const auto at =
      fmt::format("{}: {} is at {} (TTL {} s)", what, answers.first("service"),
                  here.empty() ? "no address" : fmt::format("{}", fmt::join(here, ", ")), record.ttl.count());
  const auto wanted = canonical_addresses(expected);
  const bool there = wanted && here == *wanted;
  found.push_back(there ? good(at)
                        : doubt(fmt::format("{}, not at {}, where the active host is", at, fmt::join(expected, ", "))));
  if (record.ttl > long_ttl) {
    found.push_back(doubt(fmt::format(
        "so long callers keep the old address; when it is wanted shorter, type: fo-promote dns set-ttl --ttl {}",
        answers.first("ttl").empty() ? "60s" : answers.first("ttl"))));
  }
}

std::string state_of(const Result<FenceState>& state) {
  if (!state) return state.error().message;
  return *state == FenceState::on ? "on" : "off";
}

}  // namespace

Findings targets(const std::vector<std::string>& texts, const Context& context) {
  std::vector<Target> targets;
  for (const auto& text : texts) {
    auto target = parse_target(text);
    if (!target) return {failed(target.error())};
    targets.push_back(std::move(*target));
  }
  const auto observer = make_observer(ProbeOptions{});
  if (!observer) return {failed(observer.error())};
  Findings found;
  for (const auto& seen : (*observer)->observe(targets, context.within(patience))) {
    const bool up = seen.health && *seen.health == Health::up;
    const auto why = seen.health ? seen.detail : seen.health.error().message;
    found.push_back(up ? good(fmt::format("{} is up: {}", seen.target.text, why))
                       : doubt(fmt::format("{} is not up now: {}", seen.target.text, why)));
  }
  return found;
}

Finding program(const std::string& file, const std::string& pbx) {
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) {
    const auto example = example_of(pbx, file);
    return doubt(fmt::format("{} is not there{}", file,
                             example.empty() ? "; write it, and make it executable"
                                             : fmt::format("; take the example {} of fo-tools for it", example)));
  }
  if (!S_ISREG(info.st_mode)) return {FindingGrade::wrong, fmt::format("{} is no file", file)};
  if (::access(file.c_str(), X_OK) != 0) return doubt(fmt::format("{0} cannot be run; type: chmod +x {0}", file));
  if ((info.st_mode & S_IWOTH) != 0) {
    return {FindingGrade::wrong,
            fmt::format("everybody can write to {0}, which runs as root; type: chmod o-w {0}", file)};
  }
  return good(fmt::format("{} is there and can be run", file));
}

Finding file(const std::string& file, bool secret) {
  struct stat info{};
  if (::stat(file.c_str(), &info) != 0) return doubt(fmt::format("{} is not there", file));
  if (secret && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return {FindingGrade::wrong, fmt::format("others than its owner can read {0}; type: chmod 600 {0}", file)};
  }
  return good(fmt::format("{} is there", file));
}

Findings dns(const Answers& answers, const Context& context) {
  Findings found;
  for (const auto& url : answers.all("dns")) {
    const auto view = make_dns_view(url, answers.first("service"), epoch_record(answers), answers.first("epoch-dns"));
    if (!view) {
      found.push_back(failed(view.error()));
      continue;
    }
    const auto what = view->updater->describe();
    const auto record = view->updater->current(context.within(patience));
    if (!record) {
      found.push_back(failed(record.error().while_doing(what)));
      continue;
    }
    look_at_record(found, what, *record, answers);
    // A view that only observes has nothing to prove until the number has a zone of its own.
    if (url.starts_with("observe://") && answers.first("epoch-dns").empty()) continue;
    const auto access = view->updater->prove_access(context.within(patience));
    found.push_back(access ? good(fmt::format("{}: we may change it", what))
                           : failed(access.error().while_doing(what)));
  }
  return found;
}

Findings epoch_dns(const Answers& answers, const Context& context) {
  if (answers.first("epoch-dns").empty()) {
    return {doubt("without it the name can be watched, and every promotion is refused")};
  }
  return dns(answers, context);
}

Findings fencers(const Answers& answers, const Context& context) {
  Findings found;
  const FenceTarget target{answers.first("peer"), answers.first("peer-address"), 0};
  for (const auto& spec : fencers_of(answers, target.node)) {
    const auto fencer = make_fencer(spec, {});
    if (!fencer) {
      found.push_back(failed(fencer.error()));
    } else if ((*fencer)->kind() == FenceKind::person) {
      found.push_back(good("a person confirms that it is off; without one no failover goes"));
    } else {
      const auto state = (*fencer)->status(target, context.within(patience));
      const auto said = fmt::format("{} says {}", (*fencer)->describe(), state_of(state));
      found.push_back(state && *state == FenceState::on ? good(said) : state ? doubt(said) : failed(state.error()));
    }
  }
  if (found.empty()) found.push_back(doubt(fmt::format("nothing makes sure that {} is off", target.node)));
  return found;
}

Findings arbiter(const Answers& answers, const Context& context) {
  const auto& spec = answers.first("arbiter");
  ArbiterOptions options{.attended = true, .only_standby = true, .service = answers.first("service")};
  if (spec == "dns" && !answers.first("dns").empty()) {
    const auto& url = answers.first(answers.first("epoch-dns").empty() ? "dns" : "epoch-dns");
    auto view = make_dns_view(url, {}, epoch_record(answers));
    if (!view) return {failed(view.error())};
    options.mark = std::move(view->updater);
  }
  const auto arbiter = make_arbiter(spec, options);
  if (!arbiter) return {failed(arbiter.error())};
  if (!(*arbiter)->keeps_record()) return {good("no record is kept: this pair has one standby")};
  const auto record = (*arbiter)->read(context.within(patience));
  const auto what = (*arbiter)->describe();
  if (!record && record.error().kind == ErrorKind::not_found) {
    return {
        good(fmt::format("{} answers and has no record yet; 'fo-promote adopt' on the active host writes it", what))};
  }
  if (!record) return {failed(record.error())};
  const auto& active = record->active.value_or("nobody");
  const bool known = active == answers.first("node") || active == answers.first("peer");
  const auto said = fmt::format("{} answers: {} is active, epoch {}", what, active, record->epoch);
  return {known ? good(said) : doubt(said + "; that is neither of the two hosts")};
}

Findings references(const Answers& answers, const HostFacts& host, const Context& context) {
  const auto& texts = answers.all("reference");
  auto found = texts.empty() ? Findings{} : targets(texts, context);
  std::set<std::string> beyond;
  for (const auto& text : texts) {
    const auto target = parse_target(text);
    if (target && std::ranges::find(host.gateways, target->host) == host.gateways.end()) beyond.insert(target->host);
  }
  if (beyond.size() < 2) {
    found.push_back(
        doubt(fmt::format("{} of them beyond the own gateway; a promotion without a person needs two", beyond.size())));
  }
  return found;
}

Finding restore_target(const std::string& directory) {
  std::error_code error;
  const bool empty = std::filesystem::is_empty(directory, error);
  if (error) return doubt(fmt::format("{0} is not there; make it for its owner: install -d -o USER {0}", directory));
  return empty ? good(fmt::format("{} is empty", directory))
               : good(fmt::format("{} is not empty; the first restore needs --take-over", directory));
}

}  // namespace failover::promote_tool::check
