#include "fo-fetch/options.hpp"

#include <cstddef>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/option_types.hpp"

namespace failover::cli {

namespace {

/// CLI11 makes a large number of one below 0.
std::string whole_number(const std::string& text) {
  constexpr std::size_t most_digits = 9;
  const bool fits = !text.empty() && text.size() <= most_digits;
  if (fits && text.find_first_not_of("0123456789") == std::string::npos) return {};
  return "'" + text + "' is not a number, or too large; write it in digits, for instance 5";
}

}  // namespace

void declare_fetch_options(CLI::App& app, FetchCommand& command) {
  auto& fetch = command.fetch;
  auto& access = command.access;
  app.add_option("source", command.source,
                 "Where the backup lies: sftp://[USER@]HOST/PATH, smb://[USER@]HOST/SHARE/PATH, s3://BUCKET/PATH, "
                 "gs://BUCKET/PATH, https://HOST/PATH, ftps://[USER@]HOST/PATH, ftp://.., file:///PATH")
      ->type_name("SOURCE");
  app.add_option("-o,--output", command.output, "Folder for the backups (default: backups in the state directory)")
      ->type_name("DIR");
  add_duration(app, "--max-age", fetch.max_age, "A backup older than this ends with status 3 (default 26h)");
  app.add_option("--keep", fetch.keep, "How many backups of this source stay (default 7)")
      ->type_name("N")
      ->check(whole_number);
  app.add_option("--sha256", fetch.sha256, "The SHA-256 digest that the backup must have")->type_name("HEX");
  app.add_option("--sha256-file", fetch.sha256_file, "File with the digest, as sha256sum writes it")->type_name("FILE");
  app.add_option("--archive-password-file", fetch.archive_password_file,
                 "File with the password of an encrypted archive, to check what is in it")
      ->type_name("FILE");
  app.add_option("--delta", command.delta, "Take unchanged entries from the newest backup here (default auto)")
      ->type_name("auto|off")
      ->check(CLI::IsMember({"auto", "off"}).description(""));
  app.add_flag("--quick", fetch.quick, "Unpack no entry that a digest of the whole backup vouches for");
  app.add_option("--connections", fetch.connections, "Connections at most, where the store allows several (default 4)")
      ->type_name("N")
      ->check(whole_number);
  add_size(app, "--limit-rate", fetch.limit_rate, "Bytes a second at most, for instance 2MiB");
  app.add_option("--retries", fetch.retries, "Tries in a row without progress after the first (default 5)")
      ->type_name("N")
      ->check(whole_number);
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
  app.add_option("--credentials-file", access.credentials_file,
                 "File with the credentials of gs:// or s3://, or with the token of https://")
      ->type_name("FILE");
  app.add_option("--ca-file", access.ca_file, "Authorities of TLS servers, PEM (default: the system's)")
      ->type_name("FILE");
  app.add_option("--endpoint", access.endpoint, "URL of a store instead of the provider's own, for gs:// and s3://")
      ->type_name("URL");
  app.add_option("--username", access.username, "User at the store, when the source names none")->type_name("NAME");
  app.add_flag("--smb-encryption", access.smb_encryption, "Refuse an SMB server that does not encrypt");
  app.add_flag("--smb-guest", access.smb_guest, "Log in to the SMB server as a guest: neither signed nor encrypted");
  app.add_flag("--smb-kerberos", access.smb_kerberos, "Log in to the SMB server by your Kerberos ticket, and only so");
}

}  // namespace failover::cli
