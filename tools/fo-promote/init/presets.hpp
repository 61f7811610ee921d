#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace failover::promote_tool {

/// What is the same on every host with this PBX.
struct Preset {
  std::string_view name;              ///< as --pbx names it
  std::string_view sign;              ///< a file that is there where this PBX is installed; empty = none
  std::vector<std::string> services;  ///< what is watched when nothing answers yet
  std::string_view web_port;          ///< of its web client
  std::vector<std::string> units;     ///< what a fence stops and a promotion starts, where they are installed
  std::string_view start_hook;        ///< instead, where no unit is the PBX
  std::string_view stop_hook;
  std::string_view restore_hook;     ///< makes the PBX ready for a restore
  std::vector<std::string> maps;     ///< PREFIX=DIR of its backups
  std::vector<std::string> program;  ///< instead: its own restore
  std::string_view run_as;           ///< who runs that
  std::string_view kind;             ///< of its backups, as fo-restore --inspect says
};

std::span<const Preset> presets();

/// By its name; that of "other" for one that is unknown.
const Preset& preset(std::string_view name);

/// The shipped example that a hook of a preset is installed from; empty when there is none.
std::string_view example_of(std::string_view pbx, std::string_view hook);

}  // namespace failover::promote_tool
