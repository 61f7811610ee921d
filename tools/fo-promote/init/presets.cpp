#include "fo-promote/init/presets.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <tuple>

namespace failover::promote_tool {

namespace {

constexpr std::string_view start = "/etc/failover/hooks/pbx-start";
constexpr std::string_view stop = "/etc/failover/hooks/pbx-stop";
constexpr std::string_view clear_3cx = "/etc/failover/hooks/3cx-clear";

Preset preset_3cx() {
  return {.name = "3cx",
          .sign = "/usr/sbin/3CXStartServices",
          .services = {"sip", "web", "tunnel"},
          .web_port = "5001",
          .units = {},
          .start_hook = start,
          .stop_hook = stop,
          .restore_hook = clear_3cx,
          .maps = {},
          // --failover leaves the services stopped afterwards, which is what a standby wants.
          .program = {"/usr/sbin/3CXRestoreCmd", "--file={}", "--log={log}", "--failover"},
          .run_as = "phonesystem",
          .kind = "3CX"};
}

Preset preset_asterisk() {
  return {.name = "asterisk",
          .sign = "/usr/sbin/asterisk",
          .services = {"sip"},
          .web_port = "443",
          .units = {"asterisk.service"},
          .start_hook = start,
          .stop_hook = {},
          .restore_hook = stop,
          .maps = {"etc/asterisk=/etc/asterisk", "var/lib/asterisk=/var/lib/asterisk",
                   "var/spool/asterisk=/var/spool/asterisk"},
          .program = {},
          .run_as = {},
          .kind = "Asterisk"};
}

Preset preset_freepbx() {
  return {.name = "freepbx",
          .sign = "/usr/sbin/fwconsole",
          .services = {"sip", "web"},
          .web_port = "443",
          .units = {"freepbx.service"},
          .start_hook = start,
          .stop_hook = {},
          .restore_hook = {},
          .maps = {},
          .program = {"/usr/sbin/fwconsole", "backup", "--restore={}"},
          .run_as = {},
          .kind = "FreePBX"};
}

Preset preset_other() {
  return {.name = "other",
          .sign = {},
          .services = {"sip"},
          .web_port = "443",
          .units = {},
          .start_hook = start,
          .stop_hook = {},
          .restore_hook = {},
          .maps = {},
          .program = {},
          .run_as = {},
          .kind = {}};
}

using Example = std::tuple<std::string_view, std::string_view, std::string_view>;
constexpr std::array<Example, 4> examples{{{"3cx", start, "3cx/pbx-start"},
                                           {"3cx", clear_3cx, "3cx/3cx-clear"},
                                           {"asterisk", start, "asterisk/pbx-start"},
                                           {"asterisk", stop, "asterisk/pbx-stop"}}};

}  // namespace

std::span<const Preset> presets() {
  // FreePBX before Asterisk, which it brings along.
  static const std::array<Preset, 4> all{preset_3cx(), preset_freepbx(), preset_asterisk(), preset_other()};
  return all;
}

const Preset& preset(std::string_view name) {
  const auto all = presets();
  const auto found = std::ranges::find(all, name, &Preset::name);
  return found == all.end() ? all.back() : *found;
}

std::string_view example_of(std::string_view pbx, std::string_view hook) {
  const auto found = std::ranges::find_if(
      examples, [&](const Example& each) { return std::get<0>(each) == pbx && std::get<1>(each) == hook; });
  return found == examples.end() ? std::string_view{} : std::get<2>(*found);
}

}  // namespace failover::promote_tool
