#include "cli/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "cli/config_file.hpp"
#include "cli/option_types.hpp"
#include "cli/units.hpp"
#include "support/catch.hpp"

using failover::ErrorKind;
using failover::cli::merge_config;
using failover::cli::parse_config;

namespace {

/// The options of a tool "probe", as they come out of a command line and a file.
struct Merged {
  std::vector<std::string> targets;
  std::vector<std::string> references;
  std::optional<failover::Duration> interval;
  int rise = 2;
  bool weak_counts = false;
  failover::Result<void> result;
};

Merged merge(std::vector<std::string> arguments, const std::string& text) {
  Merged merged;
  CLI::App app;
  app.add_option("target", merged.targets)->type_name("TARGET");
  app.add_option("--reference", merged.references);
  failover::cli::add_duration(app, "--interval", merged.interval, "");
  app.add_option("--rise", merged.rise);
  app.add_flag("--weak-counts", merged.weak_counts);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  app.parse(std::move(reversed));
  const auto file = parse_config(text, "fo.conf");
  merged.result = file ? merge_config(app, "probe", *file) : std::unexpected(file.error());
  return merged;
}

}  // namespace

TEST_CASE("the command line comes before the own section, that before [common]") {
  const std::string file = "[common]\ninterval = 1m\nrise = 7\n[probe]\ninterval = 10s\n";
  CHECK(merge({}, file).interval == std::chrono::seconds(10));
  CHECK(merge({"--interval", "3s"}, file).interval == std::chrono::seconds(3));
  CHECK(merge({}, file).rise == 7);
  CHECK(merge({}, "[probe]\ninterval = 10s\n[common]\ninterval = 1m\n").interval == std::chrono::seconds(10));
}

TEST_CASE("a repeated key is a repeated option, operands are keys too, flags are true or false") {
  const auto merged = merge({},
                            "# a comment\n[probe]\ntarget = sip://a\ntarget = \"sip://b?x=#1\"\n"
                            "reference = tcp://r:1\nreference=tcp://s:1\nweak-counts = true\n");
  REQUIRE(merged.result);
  CHECK(merged.targets == std::vector<std::string>{"sip://a", "sip://b?x=#1"});
  CHECK(merged.references.size() == 2);
  CHECK(merged.weak_counts);
  CHECK_FALSE(merge({}, "[probe]\nweak-counts = false\n").weak_counts);
}

TEST_CASE("what is wrong in the file is named by FILE:LINE") {
  struct Case {
    std::string text;
    std::string message;
  };
  const auto wrong = GENERATE(
      Case{"[probe]\nrise = 1\nrise = 2\n", "fo.conf:3: 'rise' is given twice"},
      Case{"[probe]\n\nfoo = 1\n", "fo.conf:3: unknown key 'foo'"}, Case{"[prob]\n", "fo.conf:1: unknown section"},
      Case{"[probe\n", "fo.conf:1: "}, Case{"rise = 1\n", "fo.conf:1: 'rise' stands before the first"},
      Case{"[probe]\ninterval = 30\n", "fo.conf:2: "}, Case{"[probe]\nrise = x\n", "fo.conf:2: "},
      Case{"[probe]\njust words\n", "fo.conf:2: expected"}, Case{"[probe]\nweak-counts = 1\n", "fo.conf:2: "},
      Case{"[node.a]\n[node.a]\n", "fo.conf:2: node 'a'"}, Case{"[node.a]\nport = 1\n", "fo.conf:2: unknown key"},
      Case{"[node.]\n", "fo.conf:1: "});
  CAPTURE(wrong.text);
  const auto merged = merge({}, wrong.text);
  REQUIRE_FALSE(merged.result);
  CHECK(merged.result.error().kind == ErrorKind::config);
  CHECK(merged.result.error().message.starts_with(wrong.message));
}

TEST_CASE("nodes keep the order of their fencers") {
  const auto file = parse_config(
      "[node.a]\naddress = 192.0.2.1\naddress = 2001:db8::1\nmachine-id = abc\n"
      "fence = exec:///one?kind=power\nfence = operator\nprobe = sip://192.0.2.1\n",
      "fo.conf");
  REQUIRE(file);
  REQUIRE(file->nodes.size() == 1);
  CHECK(file->nodes[0].addresses.size() == 2);
  CHECK(file->nodes[0].fencers == std::vector<std::string>{"exec:///one?kind=power", "operator"});
}

TEST_CASE("durations and sizes need a unit") {
  using failover::cli::parse_duration;
  using failover::cli::parse_size;
  CHECK(*parse_duration("500ms") == std::chrono::milliseconds(500));
  CHECK(*parse_duration("7d") == std::chrono::days(7));
  CHECK(*parse_size("64KiB") == 65536);
  CHECK(*parse_size("10MB") == 10'000'000);
  for (const auto* text : {"", "5", "-5s", "+5s", " 5s", "5 s", "5x", "1.5h", "99999999999d", "s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
  for (const auto* text : {"10", "-1MB", "20000000TiB", "MB"}) CHECK_FALSE(parse_size(text));
}
