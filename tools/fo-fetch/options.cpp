#include "fo-fetch/options.hpp"

#include <CLI/CLI.hpp>

#include "cli/option_types.hpp"

namespace failover::cli {

void declare_fetch_options(CLI::App& app, FetchCommand& command) {
  auto& fetch = command.fetch;
  auto& access = command.access;
  app.add_option(
         "source", command.source,
         "Where the backup lies: https://HOST/PATH, sftp://[USER@]HOST/PATH, smb://HOST/SHARE/PATH, file:///PATH")
      ->type_name("SOURCE");
  app.add_option("-o,--output", command.output, "Folder for the backups (default: backups in the state directory)")
      ->type_name("DIR");
  add_duration(app, "--max-age", fetch.max_age, "A backup older than this ends with status 3 (default 26h)");
  app.add_option("--keep", fetch.keep, "How many backups of this source stay (default 7)")->type_name("N");
  app.add_option("--sha256", fetch.sha256, "The SHA-256 digest that the backup must have")->type_name("HEX");
  app.add_option("--sha256-file", fetch.sha256_file, "File with the digest, as sha256sum writes it")->type_name("FILE");
  app.add_option("--delta", command.delta, "Take unchanged entries from the newest backup here (default auto)")
      ->type_name("auto|off")
      ->check(CLI::IsMember({"auto", "off"}).description(""));
  app.add_flag("--quick", fetch.quick, "Unpack no entry that a digest of the whole backup vouches for");
  app.add_option("--connections", fetch.connections, "Connections at most, where the store allows several (default 4)")
      ->type_name("N");
  add_size(app, "--limit-rate", fetch.limit_rate, "Bytes a second at most, for instance 2MiB");
  app.add_option("--retries", fetch.retries, "Tries in a row without progress after the first (default 5)")
      ->type_name("N");
  add_duration(app, "--stall-timeout", access.stall_timeout, "A server silent for so long is given up (default 30s)");
  app.add_option("--metrics-file", command.metrics_file, "File for Prometheus, replaced after every run")
      ->type_name("FILE.prom");
  app.add_flag("--list", command.list, "Print what is there, newest first, and download nothing");
  app.add_option("--identity-file", access.identity_file, "Private key for SSH (default: the agent, then ~/.ssh/id_*)")
      ->type_name("FILE");
  app.add_option("--known-hosts", access.known_hosts, "Known SSH host keys (default ~/.ssh/known_hosts and the host's)")
      ->type_name("FILE");
  app.add_option("--password-file", access.password_file, "File with the password, or the identity file's passphrase")
      ->type_name("FILE");
  app.add_option("--credentials-file", access.credentials_file, "File with the token of an https:// source")
      ->type_name("FILE");
  app.add_option("--ca-file", access.ca_file, "Authorities of TLS servers, PEM (default: the system's)")
      ->type_name("FILE");
  app.add_option("--endpoint", access.endpoint, "URL of a store instead of the provider's own, for gs:// and s3://")
      ->type_name("URL");
  app.add_option("--username", access.username, "User at the store, when the source names none")->type_name("NAME");
  app.add_flag("--smb-encryption", access.smb_encryption, "Refuse an SMB server that does not encrypt");
  app.add_flag("--smb-guest", access.smb_guest, "Log in to the SMB server as a guest: neither signed nor encrypted");
}

}  // namespace failover::cli
