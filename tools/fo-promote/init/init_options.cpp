#include "fo-promote/init/init_options.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

struct Flag {
  const char* name;
  const char* value;  ///< empty = none is taken
  const char* help;
  bool several = false;
};

constexpr std::array flags{
    Flag{"--role", "standby|active", "What this host is now (default standby)"},
    Flag{"--address", "ADDR", "Where callers reach this host; repeatable", true},
    Flag{"--peer", "NAME", "The other host's name"},
    Flag{"--peer-address", "ADDR", "Where callers reach the other host; repeatable", true},
    Flag{"--peer-machine-id", "ID", "What /etc/machine-id holds on the other host"},
    Flag{"--pbx", "3cx|asterisk|freepbx|other", "Decides what is proposed for restore and start"},
    Flag{"--services", "LIST", "What is watched: sip,web,tunnel (default: what answers)"},
    Flag{"--sip-port", "PORT", "Of SIP (default 5060)"},
    Flag{"--web-port", "PORT", "Of the web client"},
    Flag{"--interval", "DURATION", "Between two tests (default 30s)"},
    Flag{"--fail-when", "RULE", "All, any, or how many tests must fail (default all)"},
    Flag{"--source", "SOURCE", "Where the backups are, as in fo-fetch; none"},
    Flag{"--username", "NAME", "User at the store"},
    Flag{"--identity-file", "FILE", "Private key for the store"},
    Flag{"--known-hosts", "FILE", "Host keys of the store"},
    Flag{"--password-file", "FILE", "Password of the store"},
    Flag{"--credentials-file", "FILE", "Credentials of the store"},
    Flag{"--ca-file", "FILE", "Authorities of the store"},
    Flag{"--endpoint", "URL", "Of a store instead of the provider's own"},
    Flag{"--smb-encryption", "", "Refuse an SMB server that does not encrypt"},
    Flag{"--smb-guest", "", "Log in to the SMB server as a guest"},
    Flag{"--smb-kerberos", "", "Log in to the SMB server by a Kerberos ticket"},
    Flag{"--target", "DIR", "Where a backup is restored to"},
    Flag{"--map", "PREFIX=DIR", "Which part of a backup goes where; repeatable", true},
    Flag{"--restore-hook", "FILE", "Makes the PBX ready for a restore"},
    Flag{"--restore-at", "HH:MM", "When the newest backup is restored (default 04:17)"},
    Flag{"--window", "FROM-TO", "Restores happen in this part of the day only"},
};

}  // namespace

void declare_init_options(CLI::App& command, PromoteOptions& options) {
  for (const auto& flag : flags) {
    // The values are read from the table of options itself, by note_given().
    if (std::string_view(flag.value).empty()) {
      command.add_flag(flag.name, flag.help);
    } else if (!flag.several) {
      command.add_option_function<std::string>(flag.name, [](const auto&) {}, flag.help)->type_name(flag.value);
    } else {
      command.add_option_function<std::vector<std::string>>(
                 flag.name, [](const auto&) {}, flag.help)
          ->type_name(flag.value)
          ->allow_extra_args(false);
    }
  }
  command.add_option("--peer-config", options.peer_config, "Write the other host's configuration, too")
      ->type_name("FILE");
  command.add_flag("--force", options.force, "Replace a configuration, of which a dated copy is kept");
}

void note_given(const CLI::App& app, const CLI::App& command, PromoteOptions& options) {
  for (const auto* table : {&app, &command}) {
    for (const auto* option : table->get_options()) {
      const bool ours = option->get_group() != "Common options" && !option->get_lnames().empty();
      if (ours && option->count() > 0) options.given.emplace(option->get_lnames().front(), option->results());
    }
  }
  options.given.erase("peer-config");
  options.given.erase("force");
}

}  // namespace failover::promote_tool
