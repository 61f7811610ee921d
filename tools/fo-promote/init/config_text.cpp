#include "fo-promote/init/config_text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/presets.hpp"
#include "fo-promote/init/questions.hpp"

namespace failover::promote_tool {

namespace {

using Values = std::vector<std::string>;

/// The reader takes one pair of outer quotes off.
std::string as_value(const std::string& text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? "\"" + text + "\"" : text;
}

class Writer {
 public:
  void section(std::string_view name, std::string_view what) { text_ += fmt::format("\n[{}]\n# {}\n", name, what); }

  /// The comment above the lines of a key; nothing when there is no value.
  void key(std::string_view name, const Values& values, std::string_view why) {
    if (values.empty()) return;
    comment(why);
    for (const auto& value : values) text_ += fmt::format("{} = {}\n", name, as_value(value));
  }

  void key(std::string_view name, std::string_view value, std::string_view why) {
    if (!value.empty()) key(name, Values{std::string(value)}, why);
  }

  void comment(std::string_view why) {
    if (!why.empty()) text_ += fmt::format("# {}\n", why);
  }

  void line(std::string_view text) { text_ += fmt::format("{}\n", text); }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void write_head(Writer& out, const Answers& answers) {
  out.line(fmt::format("# {} on {}, written by fo-promote init: {} and {} are a pair.", answers.first("service"),
                       answers.first("node"), answers.first("node"), answers.first("peer")));
  out.line(
      "# Keys are the long options of the tools; fo-probe(1), fo-fetch(1), fo-restore(1) and fo-promote(1) explain "
      "them.");
  out.line("# What was changed by hand is looked at by: fo-promote ready");
  out.section("common", "What all four tools share. A key of a tool's own section displaces the one here.");
  out.key("state-dir", answers.all("state-dir"), "Where the tools remember what was fetched, restored and promoted.");
  if (!answers.has("state-dir")) out.line("# state-dir = /var/lib/failover");
}

void write_probe(Writer& out, const Answers& answers) {
  out.section("probe",
              "fo-probe --watch: the standby watches the other host. Its own address, never the name that moves.");
  out.key("target", peer_probes(answers), "What is asked, each by itself.");
  out.key("fail-when", answers.all("fail-when"),
          "How many of them must be down (all, any, or a number) before the host is.");
  out.key("interval", answers.all("interval"), "Time between two checks of a target; after a failure a fifth of it.");
  out.key("reference", answers.all("reference"),
          "Are we cut off ourselves? While these are silent nothing is said about the other host.");
}

void write_fetch(Writer& out, const Answers& answers) {
  static constexpr std::array<std::string_view, 10> access{
      "username",         "endpoint", "identity-file", "known-hosts",  "password-file",
      "credentials-file", "ca-file",  "smb-guest",     "smb-kerberos", "smb-encryption"};
  out.section("fetch", "fo-fetch: brings the newest good backup here.");
  out.key("source", answers.all("source"), "Where the PBX leaves its backups.");
  auto why = std::string_view("How the store lets us in. Secrets stand in files that only root can read.");
  for (const auto key : access) {
    out.key(key, answers.all(key), why);
    if (!answers.all(key).empty()) why = {};
  }
  out.key("max-age", "26h", "An older backup ends with status 3: last night's is missing.");
}

void write_demands(Writer& out, const Preset& pbx) {
  if (pbx.kind.empty()) return;
  out.key("require", fmt::format("kind={}", pbx.kind),
          "Nothing else, and nothing half empty, comes in the place of what is here.");
  out.key("max-shrink", "20%", "");
}

void write_restore(Writer& out, const Answers& answers) {
  const auto& pbx = preset(answers.first("pbx"));
  const bool by_map = !answers.all("map").empty() || !answers.all("target").empty();
  const auto& maps = by_map ? answers.all("map") : pbx.maps;
  out.section("restore", "fo-restore: all of the backup, or nothing; only while this host is the standby.");
  out.key("target", answers.all("target"), "Where the root of the archive goes.");
  out.key("map", maps, "Which part of the archive goes where.");
  if (!by_map && !pbx.program.empty()) {
    out.key("program", pbx.program, "The PBX's own restore, a word a line; {} becomes the path of the backup.");
    out.key("run-as", pbx.run_as, "Who runs it; the backup is handed over as a copy that only this user can read.");
  } else if (!by_map && !pbx.maps.empty()) {
    out.key("symlinks", "inside", "Links that end within their own tree are kept; the PBX needs them.");
  }
  write_demands(out, pbx);
  out.key("pre-hook", answers.all("restore-hook"), "Makes the PBX ready for it, before the first change.");
  out.key("window", answers.all("window"), "Restores happen in this part of the day only.");
  out.comment("Without a post-hook the PBX stays stopped afterwards, which is what a standby wants.");
}

void write_decision(Writer& out, const Answers& answers) {
  if (answers.is("arbiter", "operator") || answers.has("only-standby")) {
    out.key("only-standby", "true", "No third host takes over: of this pair only one can be the standby.");
  }
  if (!answers.is("arbiter", "operator")) {
    out.key("arbiter", answers.all("arbiter"), "Who decides when two hosts want to take over at the same time.");
  }
  out.key("reference", answers.all("reference"),
          "Are we cut off ourselves? Without a person at least two beyond the gateway must be up.");
  if (answers.is("source", "none")) {
    out.key("allow-stale-backup", "true", "There is no backup to restore, so none can be too old.");
  }
}

void write_service(Writer& out, const Answers& answers) {
  out.key("self-probe", self_probes(answers), "Must be up on this host before the name moves.");
  out.key("unit", answers.all("unit"), "What a fence of this host stops and masks, and what is started.");
  out.key("pre-hook", answers.all("pre-hook"), "Runs before the start; a failure stops the promotion there.");
  out.key("start-hook", answers.all("start-hook"), "Starts the PBX, once the other host is confirmed off.");
  out.key("stop-hook", answers.all("stop-hook"), "Stops it, when this host is fenced or leaves.");
  out.key("post-hook", answers.all("post-hook"), "Runs at the end; a failure is a warning.");
}

/// What init never asks for and was given all the same.
void write_further(Writer& out, const Answers& answers) {
  static const std::set<std::string, std::less<>> placed{"fence",        "state-dir",      "machine-id",  "smb-guest",
                                                         "smb-kerberos", "smb-encryption", "only-standby"};
  std::set<std::string, std::less<>> asked;
  for (const auto& each : questions()) asked.emplace(each.flag);
  std::string_view why = "As it was given to init.";
  for (const auto& [key, values] : answers.values()) {
    if (asked.contains(key) || placed.contains(key) || values.empty()) continue;
    out.key(key, values, why);
    why = {};
  }
}

void write_promote(Writer& out, const Answers& answers) {
  out.section("promote", "fo-promote: proves that the other host is off, starts this one, moves the name, proves it.");
  out.key("service", answers.all("service"), "The name that callers use.");
  if (answers.first("machine-id").empty()) {
    out.key("node", answers.all("node"), "Who we are; a machine-id in the section below would say it by itself.");
  }
  write_decision(out, answers);
  write_service(out, answers);
  out.key("dns", answers.all("dns"), "Who moves the name, one for each view of it: failover-dns(7).");
  out.key("epoch-dns", answers.all("epoch-dns"),
          "Where the number of a promotion is written, since the name cannot carry it.");
  out.key("epoch-record", answers.all("epoch-record"), "");
  out.key("ttl", answers.all("ttl"), "So long callers may remember the old address after a move.");
  out.key("notify", answers.all("notify"), "Who is told when a promotion begins and how it ends: failover-notify(7).");
  write_further(out, answers);
}

void write_nodes(Writer& out, const Answers& answers) {
  const auto& node = answers.first("node");
  const auto& peer = answers.first("peer");
  auto fencers = fencers_of(answers, node);
  out.section("node." + node, "This host.");
  out.key("address", answers.all("address"), "What the name points at while it serves.");
  out.key("machine-id", answers.all("machine-id"), "From /etc/machine-id: by it a host knows which node it is.");
  out.key("probe", self_probes(answers), "How the other host sees whether it serves.");
  out.key("fence", fencers, "How the other host makes sure that it is off: failover-fencing(7).");
  out.section("node." + peer, "The other host.");
  out.key("address", answers.all("peer-address"), "What the name points at while it serves.");
  out.key("machine-id", answers.all("peer-machine-id"), "From /etc/machine-id there.");
  out.key("probe", peer_probes(answers), "All of them must be silent before it counts as down.");
  fencers = fencers_of(answers, peer);
  out.key("fence", fencers, "What makes sure that it is off, in the order in which it is tried: failover-fencing(7).");
}

}  // namespace

std::string config_text(const Answers& answers) {
  Writer out;
  write_head(out, answers);
  write_probe(out, answers);
  if (answers.has("source") && !answers.is("source", "none")) {
    write_fetch(out, answers);
    write_restore(out, answers);
  }
  write_promote(out, answers);
  write_nodes(out, answers);
  return out.take();
}

}  // namespace failover::promote_tool
