#include "dns/exec.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/child_process.hpp"
#include "core/system_error.hpp"
#include "core/url.hpp"
#include "dns/authority_verifier.hpp"
#include "dns/exec_message.hpp"
#include "dns/name_servers.hpp"
#include "dns/readback_verifier.hpp"
#include "dns/service_reading.hpp"
#include "dns/settle.hpp"
#include "dns/swap_rule.hpp"
#include "dns/view_settings.hpp"

namespace failover {

namespace {

constexpr std::array<std::string_view, 1> own_keys{"timeout"};
constexpr Duration usual_timeout = std::chrono::seconds(30);
constexpr std::int64_t longest_timeout = 3600;
constexpr std::size_t most_said = 300;

/// The program, and which name it is about.
struct Program {
  std::string file;
  Duration timeout = usual_timeout;
  std::string service;
  std::string epoch_record;
  std::chrono::seconds ttl{60};
};

/// The first line that it said to people, made fit for a terminal.
std::string clause(std::string_view text) {
  std::string line(text.substr(0, text.find('\n')).substr(0, most_said));
  std::ranges::replace_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

class ExecUpdater final : public DnsUpdater {
 public:
  explicit ExecUpdater(Program program) : program_(std::move(program)) {}

  [[nodiscard]] std::string describe() const override { return "exec " + program_.file; }
  [[nodiscard]] Swap swap() const noexcept override { return Swap::checked; }

  Result<ServiceRecord> current(const Context& context) override {
    const auto output = FO_TRY(run({.verb = "current"}, context));
    return while_doing(describe(), parse_exec_answer(output));
  }

  Result<void> replace(const ServiceRecord& given_from, const ServiceRecord& given_to,
                       const Context& context) override {
    const auto from = FO_TRY(own_part(given_from));
    auto to = FO_TRY(own_part(given_to));
    if (to.ttl.count() == 0) to.ttl = program_.ttl;
    FO_TRY(while_doing(describe(), check_swap(from, to)));
    const auto before = FO_TRY(current(context));
    if (!same_content(before, from)) return not_as_read(from, before);
    // Half of the time is kept for reading back.
    const auto half = context.within(context.deadline.remaining() / 2);
    const auto done = run({.verb = "replace", .from = &from, .to = &to}, half);
    if (!done && done.error().kind == ErrorKind::conflict) return not_as_read(from, FO_TRY(current(context)));
    // What it did before it failed is for nobody to guess.
    if (!done && (leaves_open(done.error()) || done.error().kind == ErrorKind::io)) {
      return settle_change(*this, done.error(), from, to, context);
    }
    if (!done) return std::unexpected(done.error());
    const auto after = FO_TRY(while_doing("the change is made; reading it back", current(context)));
    if (same_content(after, to)) return {};
    if (same_content(after, from)) {
      return fail(ErrorKind::protocol, describe() + " says that it has done the change, and has not");
    }
    return fail(ErrorKind::conflict, fmt::format("{}: {} was changed, and by somebody else at the same time: it now "
                                                 "has {}",
                                                 describe(), program_.service, in_words(after)));
  }

  Result<void> prove_access(const Context& context) override {
    FO_TRY(run({.verb = "prove_access"}, context));
    return {};
  }

 private:
  [[nodiscard]] Result<ServiceRecord> own_part(const ServiceRecord& given) const {
    auto record = FO_TRY(canonical_record(given));
    if (program_.epoch_record.empty()) record.mark.reset();
    if (program_.service.empty()) record.addresses.clear();
    return record;
  }

  [[nodiscard]] Result<void> not_as_read(const ServiceRecord& from, const ServiceRecord& now) const {
    return fail(ErrorKind::conflict,
                fmt::format("{}: {} is not as it was read ({}), nothing was changed; it now has {}", describe(),
                            program_.service, in_words(from), in_words(now)));
  }

  Result<std::string> run(ExecRequest request, const Context& context) const {
    const auto limited = context.within(program_.timeout);
    request.service = program_.service;
    request.epoch_record = program_.epoch_record;
    request.seconds = std::chrono::duration<double>(limited.deadline.remaining()).count();
    ChildCommand command;
    command.argv = {program_.file, std::string(request.verb)};
    command.environment = exec_request_variables(request);
    command.input = exec_request_json(request);
    command.limit = program_.timeout;
    auto result = FO_TRY(while_doing(fmt::format("{} {}", describe(), request.verb), run_child(command, limited)));
    if (result.ok() && !result.truncated) return std::move(result.output);
    if (result.ok())
      return fail(ErrorKind::protocol, describe() + " says more than 64 KiB where a short answer belongs");
    const auto said = clause(result.errors);
    return fail(exec_error_kind(result.exit_status.value_or(1)),
                fmt::format("{} {} ended with {}{}{}", describe(), request.verb, result.how_it_ended(),
                            said.empty() ? "" : ": ", said));
  }

  Program program_;
};

Result<Duration> parse_timeout(const std::string& text) {
  std::int64_t seconds = 0;
  const auto* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || std::string_view(rest, end) != "s" || seconds < 1 || seconds > longest_timeout) {
    return fail(ErrorKind::usage, fmt::format("timeout={} is not a number of seconds like 30s", text));
  }
  return Duration(std::chrono::seconds(seconds));
}

Result<Program> program_of(const Url& url, const ViewSettings& settings) {
  Program program;
  program.file = FO_TRY(url.decoded_path());
  if (!url.host.empty() || program.file.size() < 2) {
    return fail(ErrorKind::usage, "it must be exec:///FILE, with three slashes");
  }
  std::error_code error;
  if (!std::filesystem::is_regular_file(program.file, error)) {
    return fail(ErrorKind::config, program.file + " is not there or not a regular file");
  }
  if (::access(program.file.c_str(), X_OK) != 0) return fail_errno(program.file + " cannot be run");
  if (const auto timeout = settings.get("timeout"); !timeout.empty()) program.timeout = FO_TRY(parse_timeout(timeout));
  program.ttl = settings.ttl.value_or(program.ttl);
  return program;
}

Result<DnsView> make_view(std::string_view text, std::string_view service, std::string_view epoch_record) {
  const auto url = FO_TRY(parse_url(text));
  const auto settings = FO_TRY(parse_view_settings(url, own_keys));
  auto program = FO_TRY(program_of(url, settings));
  const auto names = FO_TRY(service_names(service, epoch_record));
  if (names.has_service) program.service = names.service.to_text();
  if (names.has_mark) program.epoch_record = names.epoch_record.to_text();
  DnsView view;
  view.name = text;
  view.from = settings.from;
  view.to = settings.to;
  view.ttl = settings.ttl;
  if (settings.verify.empty()) {
    view.verifier = make_readback_verifier(std::make_unique<ExecUpdater>(program));
  } else {
    const auto find = [places = settings.verify](const Context& context) -> Result<std::vector<NameServer>> {
      return named_servers(places, context);
    };
    view.verifier = make_authority_verifier("exec " + program.file, names, find);
  }
  view.updater = std::make_unique<ExecUpdater>(std::move(program));
  return view;
}

}  // namespace

Result<DnsView> make_exec_view(std::string_view url, std::string_view service, std::string_view epoch_record) {
  return while_doing(fmt::format("'{}' cannot be used", url), make_view(url, service, epoch_record));
}

}  // namespace failover
