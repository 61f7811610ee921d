#include "fo-promote/serve_fence.hpp"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include <failover/error.hpp>
#include <failover/fencer.hpp>
#include <failover/role.hpp>

#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/tool.hpp"
#include "fo-promote/assembly.hpp"
#include "fo-promote/options.hpp"

namespace failover::promote_tool {

namespace {

Result<FenceRequest> request_of(const cli::Session& session) {
  const char* text = std::getenv("SSH_ORIGINAL_COMMAND");
  if (text == nullptr) {
    return fail(ErrorKind::usage,
                "serve-fence is for sshd, as command=\"..\" of a key; it takes its request from SSH_ORIGINAL_COMMAND");
  }
  const auto request = FO_TRY(parse_fence_request(text));
  if (session.options.dry_run && request.verb != FenceVerb::status) {
    return fail(ErrorKind::usage, "with --dry-run only status is served");
  }
  return request;
}

}  // namespace

Result<cli::Outcome> run_serve_fence(const PromoteOptions& options, cli::Session& session) {
  const auto request = FO_TRY(request_of(session));
  const auto assembly = FO_TRY(assemble_for_fence(options, session));
  const auto answer = FO_TRY(serve_fence(assembly.settings, *assembly.self_observer, request, session.context));
  session.output.print(to_string(answer));
  session.output.object("fence", nlohmann::json{{"state", answer.state == FenceState::off ? "off" : "on"},
                                                {"node", answer.node},
                                                {"role", answer.role},
                                                {"epoch", answer.epoch}}
                                     .dump());
  return cli::Outcome{};
}

}  // namespace failover::promote_tool
