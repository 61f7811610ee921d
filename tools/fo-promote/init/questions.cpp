#include "fo-promote/init/questions.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "fo-promote/init/answers.hpp"
#include "fo-promote/init/presets.hpp"
#include "fo-promote/init/rules.hpp"
#include "fo-promote/init/suggestions.hpp"

namespace failover::promote_tool {

namespace {

bool by_services(const Answers& answers) {
  return !answers.has("probe");
}

bool web_is_watched(const Answers& answers) {
  for (const auto& service : answers.all("services")) {
    if (service == "web") return by_services(answers);
  }
  return false;
}

bool several_targets(const Answers& answers) {
  return peer_probes(answers).size() > 1;
}

bool over_ssh(const Answers& answers) {
  return answers.first("source").starts_with("sftp://");
}

bool with_password(const Answers& answers) {
  const auto& source = answers.first("source");
  const bool smb = source.starts_with("smb://") && !answers.has("smb-guest") && !answers.has("smb-kerberos");
  return smb || source.starts_with("ftp://") || source.starts_with("ftps://");
}

bool with_credentials(const Answers& answers) {
  const auto& source = answers.first("source");
  return source.starts_with("s3://") || source.starts_with("gs://") || source.starts_with("https://");
}

bool restores(const Answers& answers) {
  return answers.has("source") && !answers.is("source", "none");
}

bool restores_somewhere(const Answers& answers) {
  const auto& usual = preset(answers.first("pbx"));
  return restores(answers) && usual.maps.empty() && usual.program.empty() && !answers.has("map");
}

bool no_unit(const Answers& answers) {
  return answers.all("unit").empty();
}

bool only_observed(const Answers& answers) {
  return answers.first("dns").starts_with("observe://");
}

/// Who the two hosts are.
constexpr std::array who{
    Question{.flag = "service",
             .prompt = "Which name do the phones call",
             .help = "The full name (FQDN) that callers and phones use, like pbx.example.com. It moves to this host in "
                     "a failover.",
             .valid = rules::service},
    Question{
        .flag = "role",
        .prompt = "Is this host the standby or the active one now",
        .help =
            "The active host serves now; the standby watches it and takes over. Answer for the host that you sit at.",
        .suggest = suggest::role,
        .valid = rules::role},
    Question{.flag = "node",
             .prompt = "What is this host called in messages",
             .help = "A short name. It stays when the roles change, so 'pbx2' is better than 'standby'.",
             .suggest = suggest::node,
             .valid = rules::node},
    Question{.flag = "address",
             .prompt = "Which address do callers reach this host at",
             .help = "The address that the name gets when this host serves: an IPv4 address, an IPv6 address, or both.",
             .several = true,
             .suggest = suggest::address,
             .valid = rules::address},
    Question{.flag = "peer",
             .prompt = "What is the other host called",
             .help = "The short name of the other host of the pair. Both hosts must be given the same two names.",
             .suggest = suggest::peer,
             .valid = rules::peer},
    Question{
        .flag = "peer-address",
        .prompt = "Which address do callers reach the other host at",
        .help = "Its own address, not the name that moves: after a failover this host would otherwise watch itself.",
        .several = true,
        .suggest = suggest::peer_address,
        .valid = rules::peer_address},
    Question{.flag = "peer-machine-id",
             .prompt = "What is the machine id of the other host",
             .help =
                 "What 'cat /etc/machine-id' prints there. By it a host knows which of the two it is; without it the "
                 "configuration of the other host says 'node = NAME' instead.",
             .needed = false,
             .valid = rules::machine_id},
};

/// What is watched, and how.
constexpr std::array watch{
    Question{.flag = "pbx",
             .prompt = "Which PBX is it: 3cx, asterisk, freepbx or other",
             .help = "It decides what is proposed further down: how a backup is restored, and what starts the service.",
             .suggest = suggest::pbx,
             .valid = rules::pbx},
    Question{.flag = "services",
             .prompt = "Which services are watched: sip, web, tunnel",
             .help =
                 "The three tests of 3CX. What is proposed answers there now. A hung host may still accept connections "
                 "to its tunnel port, so that test alone never prevents a failover.",
             .several = true,
             .applies = by_services,
             .suggest = suggest::services,
             .valid = rules::services},
    Question{.flag = "web-port",
             .prompt = "Which port has the web client",
             .help = "3CX uses 5001 or 443.",
             .applies = web_is_watched,
             .suggest = suggest::web_port,
             .valid = rules::port},
    Question{.flag = "interval",
             .prompt = "How often is the other host tested",
             .help = "30s is what 3CX uses; after a first failure the next tests follow five times as fast.",
             .suggest = suggest::interval,
             .valid = rules::duration},
    Question{.flag = "fail-when",
             .prompt = "How many of the tests must fail: all, any, or a number",
             .help = "all: one service that hangs takes nobody over. any: 3CX calls it AnyService.",
             .applies = several_targets,
             .suggest = suggest::fail_when,
             .valid = rules::fail_when},
};

/// Where the data comes from and where it goes.
constexpr std::array data{
    Question{
        .flag = "source",
        .prompt = "Where are the backups of the PBX",
        .help =
            "sftp://USER@HOST/PATH, smb://USER@HOST/SHARE/PATH, s3://BUCKET/PATH, gs://BUCKET/PATH, https://HOST/PATH, "
            "ftps://USER@HOST/PATH or file:///PATH; the newest of 3CX*.zip is taken when the path ends so. 'none': the "
            "hosts "
            "have no data to bring over.",
        .valid = rules::text},
    Question{.flag = "identity-file",
             .prompt = "Which private key opens the backup store",
             .help = "A file that only root can read; none: the agent, then the keys of the user who runs fo-fetch.",
             .needed = false,
             .applies = over_ssh,
             .suggest = suggest::identity_file,
             .valid = rules::path,
             .back_to = "source"},
    Question{
        .flag = "known-hosts",
        .prompt = "Which file has the store's host key",
        .help = "As ssh-keyscan HOST prints it, compared with what the store's admin says; none: ~/.ssh/known_hosts.",
        .needed = false,
        .applies = over_ssh,
        .suggest = suggest::known_hosts,
        .valid = rules::path,
        .back_to = "source"},
    Question{
        .flag = "password-file",
        .prompt = "Which file has the password of the store",
        .help =
            "A file that only root can read; its first line is the password. No password stands in a configuration.",
        .needed = false,
        .applies = with_password,
        .valid = rules::path,
        .back_to = "source"},
    Question{
        .flag = "credentials-file",
        .prompt = "Which file has the credentials of the store",
        .help =
            "Google's JSON for gs://, AWS's credentials for s3://, a bearer token for https://; only root may read it.",
        .needed = false,
        .applies = with_credentials,
        .valid = rules::path,
        .back_to = "source"},
    Question{.flag = "target",
             .prompt = "Into which directory is a backup restored",
             .help = "The root of the archive goes there. For several places give --map PREFIX=DIR instead.",
             .applies = restores_somewhere,
             .valid = rules::path},
    Question{.flag = "restore-hook",
             .prompt = "Which program makes the PBX ready for a restore",
             .help = "It stops the PBX before the first file changes; when it fails nothing is changed.",
             .needed = false,
             .applies = restores,
             .suggest = suggest::restore_hook,
             .valid = rules::path},
    Question{
        .flag = "restore-at",
        .prompt = "When is the newest backup restored every day",
        .help = "A local time at which the night's backup is in the store. In a failover the last restored one counts.",
        .applies = restores,
        .suggest = suggest::restore_at,
        .valid = rules::time_of_day},
};

/// How the service starts and stops here.
constexpr std::array service{
    Question{.flag = "unit",
             .prompt = "Which systemd units are the PBX on this host",
             .help = "A fence of this host stops and masks them, a promotion starts them. none: programs do that.",
             .needed = false,
             .several = true,
             .suggest = suggest::unit,
             .valid = rules::unit},
    Question{.flag = "start-hook",
             .prompt = "Which program starts the PBX here",
             .help = "It is run when the other host is confirmed off. Whether the PBX serves is judged by asking it.",
             .applies = no_unit,
             .suggest = suggest::start_hook,
             .valid = rules::path},
    Question{.flag = "stop-hook",
             .prompt = "Which program stops the PBX here",
             .help = "For the day on which the roles change back, or the other host fences this one.",
             .needed = false,
             .applies = no_unit,
             .suggest = suggest::stop_hook,
             .valid = rules::path},
    Question{.flag = "pre-hook",
             .prompt = "Which program runs before a promotion starts the PBX",
             .help = "The script that 3CX calls before a failover. When it fails the promotion stops there.",
             .needed = false,
             .valid = rules::path},
    Question{.flag = "post-hook",
             .prompt = "Which program runs after a promotion",
             .help = "The script that 3CX calls after a failover. When it fails that is a warning.",
             .needed = false,
             .valid = rules::path},
};

/// How it is decided, proven and told.
constexpr std::array proof{
    Question{.flag = "dns",
             .prompt = "Who moves the name in DNS",
             .help = "rfc2136://SERVER/ZONE?key-file=FILE for BIND, Knot or Windows; "
                     "powerdns+https://SERVER/ZONE?key-file=FILE; "
                     "cloudflare://ZONE?token-file=FILE; route53://ZONEID; clouddns://PROJECT/ZONE; exec:///FILE; "
                     "observe:// when the "
                     "PBX moves its name itself, as 3CX does with names of 3CX. One for each view.",
             .several = true,
             .suggest = suggest::dns,
             .valid = rules::text},
    Question{
        .flag = "epoch-dns",
        .prompt = "Who writes the number of a promotion into DNS",
        .help =
            "One of those, for a zone of your own: the name itself cannot carry it. Without it a promotion is refused.",
        .needed = false,
        .applies = only_observed,
        .valid = rules::text},
    Question{.flag = "ttl",
             .prompt = "How long may callers remember the address",
             .help = "The time to live of the moved records: so long the last callers keep asking the dead host.",
             .suggest = suggest::ttl,
             .valid = rules::duration},
    Question{.flag = "reference",
             .prompt = "What is up unless this host is cut off itself",
             .help = "Targets as in fo-probe(1), like tcp://192.0.2.1:53. When all are silent nothing is done. A "
                     "promotion without a "
                     "person needs two on different hosts beyond the own gateway.",
             .needed = false,
             .several = true,
             .suggest = suggest::reference,
             .valid = rules::target},
    Question{
        .flag = "fence",
        .prompt = "What makes sure that the other host is off",
        .help = "agent:fence_NAME?.. (its power), ssh://root@HOST?identity-file=FILE (its services, while it answers), "
                "exec:///FILE?kind=power, or operator: a person says so, and no failover goes without one. Tried in "
                "their order.",
        .several = true,
        .suggest = suggest::person,
        .valid = rules::fence},
    Question{.flag = "arbiter",
             .prompt = "Who decides when two hosts want to take over",
             .help = "operator: nobody, for this is the only standby of the pair. dns: the record beside the name. "
                     "etcd://HOST,HOST,HOST/PREFIX.",
             .suggest = suggest::person,
             .valid = rules::text},
    Question{.flag = "notify",
             .prompt = "Who is told of a failover",
             .help = "mail:ADDRESS, webhook+https://HOST/PATH or exec:///FILE.",
             .needed = false,
             .several = true,
             .valid = rules::notify},
};

/// What has a flag and is never asked.
constexpr std::array unasked{
    Question{.flag = "sip-port", .prompt = {}, .help = {}, .needed = false, .valid = rules::port},
    Question{.flag = "probe", .prompt = {}, .help = {}, .needed = false, .several = true, .valid = rules::target},
    Question{.flag = "self-probe", .prompt = {}, .help = {}, .needed = false, .several = true, .valid = rules::target},
    Question{.flag = "map", .prompt = {}, .help = {}, .needed = false, .several = true, .valid = rules::map},
    Question{.flag = "window", .prompt = {}, .help = {}, .needed = false, .valid = rules::window},
    Question{.flag = "username", .prompt = {}, .help = {}, .needed = false, .valid = rules::text},
    Question{.flag = "endpoint", .prompt = {}, .help = {}, .needed = false, .valid = rules::text},
    Question{.flag = "ca-file", .prompt = {}, .help = {}, .needed = false, .valid = rules::path},
};

template <std::size_t... N>
constexpr auto joined(const std::array<Question, N>&... parts) {
  std::array<Question, (N + ...)> all{};
  std::size_t at = 0;
  const auto take = [&](const auto& part) {
    for (const auto& each : part) all[at++] = each;
  };
  (take(parts), ...);
  return all;
}

constexpr auto every_question = joined(unasked, who, watch, data, service, proof);

}  // namespace

std::span<const Question> questions() {
  return every_question;
}

}  // namespace failover::promote_tool
