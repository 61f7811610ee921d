#include "net/ssh_auth.hpp"

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libssh2.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/known_hosts.hpp"
#include "net/rsa_key.hpp"
#include "net/ssh_agent.hpp"
#include "net/ssh_host_key.hpp"
#include "net/ssh_session.hpp"
#include "net/ssh_signer.hpp"

namespace failover {

namespace {

/// Servers close after six tries; one is kept for what comes after the agent.
constexpr std::size_t most_agent_keys = 5;
constexpr std::array default_keys{"id_ed25519", "id_ecdsa", "id_rsa"};

unsigned length_of(std::string_view text) {
  return static_cast<unsigned>(text.size());
}

/// A try that the server did not accept is no error here: another may follow.
Result<bool> accepted(const SshSession& session, long code, std::string_view work) {
  if (code == 0) return true;
  auto error = session.error_of(code, work);
  if (error.kind == ErrorKind::permission) return false;
  return std::unexpected(std::move(error));
}

// libssh2 frees the signature with the allocator of the session, which is malloc's.
extern "C" int sign_for_libssh2(LIBSSH2_SESSION* /*session*/, unsigned char** signature, std::size_t* length,
                                const unsigned char* data, std::size_t data_length, void** abstract) noexcept {
  try {
    auto& signer = *static_cast<SshSigner*>(*abstract);
    const auto made = signer.sign(std::string_view(reinterpret_cast<const char*>(data), data_length));
    if (!made) return -1;
    *signature = static_cast<unsigned char*>(std::malloc(made->size()));
    if (*signature == nullptr) return -1;
    std::memcpy(*signature, made->data(), made->size());
    *length = made->size();
    return 0;
  } catch (...) {
    return -1;
  }
}

class LogIn {
 public:
  LogIn(SshSession& session, const std::string& user, const SshOptions& options, const Context& context) noexcept
      : session_(session), user_(user), options_(options), context_(context) {}

  Result<void> run();

 private:
  Result<bool> ask_methods();
  [[nodiscard]] bool offers(std::string_view method) const;
  Result<bool> by_signer(SshSigner& signer);
  Result<bool> by_key_file(const std::filesystem::path& file, std::string_view passphrase);
  Result<bool> by_identity_file(const std::filesystem::path& file);
  Result<bool> by_password(const std::filesystem::path& file);
  Result<bool> by_agent();
  Result<bool> by_default_keys();

  SshSession& session_;
  const std::string& user_;
  const SshOptions& options_;
  const Context& context_;
  std::string methods_;
  std::vector<std::string> tried_;
};

/// True: the server lets everybody in.
Result<bool> LogIn::ask_methods() {
  char* list = nullptr;
  const auto code = FO_TRY(session_.drive(
      [&]() -> long {
        list = ::libssh2_userauth_list(session_.handle(), user_.data(), length_of(user_));
        return list == nullptr ? ::libssh2_session_last_errno(session_.handle()) : 0;
      },
      context_));
  if (list != nullptr) methods_ = std::string(",") + list + ",";
  if (list == nullptr && ::libssh2_userauth_authenticated(session_.handle()) != 0) return true;
  if (list == nullptr) return std::unexpected(session_.error_of(code, "the server does not say how to log in"));
  return false;
}

bool LogIn::offers(std::string_view method) const {
  return methods_.contains("," + std::string(method) + ",");
}

Result<bool> LogIn::by_signer(SshSigner& signer) {
  const auto& key = signer.public_key();
  void* abstract = &signer;
  const auto code = FO_TRY(session_.drive(
      [&] {
        return ::libssh2_userauth_publickey(session_.handle(), user_.c_str(),
                                            reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                                            sign_for_libssh2, &abstract);
      },
      context_));
  return accepted(session_, code, "the key could not be used");
}

Result<bool> LogIn::by_key_file(const std::filesystem::path& file, std::string_view passphrase) {
  const auto text = FO_TRY(while_doing("reading the identity file", read_credential_file(file)));
  const auto rsa = FO_TRY(while_doing("identity file " + file.string(), read_rsa_key(text.reveal(), passphrase)));
  tried_.push_back((rsa ? "the RSA key " : "the key ") + file.string());
  if (rsa) return by_signer(*rsa);
  const Secret phrase{std::string(passphrase)};
  const char* words = passphrase.empty() ? nullptr : &phrase.reveal().front();
  const auto code = FO_TRY(session_.drive(
      [&] {
        return ::libssh2_userauth_publickey_frommemory(session_.handle(), user_.data(), user_.size(), nullptr, 0,
                                                       text.reveal().data(), text.reveal().size(), words);
      },
      context_));
  // Whatever it fails of before the server was asked is a matter of the file.
  if (code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_KEYFILE_AUTH_FAILED || code == LIBSSH2_ERROR_PROTO ||
      code == LIBSSH2_ERROR_METHOD_NONE) {
    return fail(ErrorKind::config,
                fmt::format("identity file {}: it is no private key of a known kind, or its passphrase is missing or "
                            "wrong; name a file with the passphrase as password-file, or load the key into ssh-agent",
                            file.string()));
  }
  return accepted(session_, code, "the key could not be used");
}

Result<bool> LogIn::by_identity_file(const std::filesystem::path& file) {
  if (!options_.password_file) return by_key_file(file, {});
  const auto passphrase = FO_TRY(read_password_file(*options_.password_file));
  return by_key_file(file, passphrase.reveal());
}

Result<bool> LogIn::by_password(const std::filesystem::path& file) {
  const auto password = FO_TRY(read_password_file(file));
  tried_.emplace_back("the password of " + file.string());
  if (!offers("password")) {
    return fail(ErrorKind::permission, "the server does not take passwords, only: " +
                                           methods_.substr(1, methods_.size() < 2 ? 0 : methods_.size() - 2) +
                                           "; use a key with --identity-file");
  }
  const auto text = password.reveal();
  const auto code = FO_TRY(session_.drive(
      [&] {
        return ::libssh2_userauth_password_ex(session_.handle(), user_.data(), length_of(user_), &text.front(),
                                              length_of(text), nullptr);
      },
      context_));
  return accepted(session_, code, "the password could not be used");
}

Result<bool> LogIn::by_agent() {
  const auto agent = SshAgent::connect(context_);
  if (!agent) {
    tried_.push_back("no agent (" + agent.error().message + ")");
    return false;
  }
  if (!*agent) return false;
  const auto keys = FO_TRY((*agent)->keys(context_));
  std::size_t used = 0;
  for (const auto& key : keys) {
    const auto type = key_type(key);
    if (type != "ssh-rsa" && type != "ssh-ed25519" && !type.starts_with("ecdsa-sha2-")) continue;
    if (++used > most_agent_keys) break;
    if (FO_TRY(by_signer(*(*agent)->signer(key, context_)))) return true;
  }
  tried_.push_back(fmt::format("{} keys of ssh-agent", used));
  return false;
}

Result<bool> LogIn::by_default_keys() {
  for (const char* name : default_keys) {
    const auto file = home_directory() / ".ssh" / name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    const auto result = by_key_file(file, {});
    // A key that cannot be read here (encrypted, or others may read it) is passed over, and said.
    if (!result && result.error().kind == ErrorKind::config) {
      tried_.push_back("not " + file.string() + " (" + result.error().message + ")");
      continue;
    }
    if (FO_TRY(Result<bool>(result))) return true;
  }
  return false;
}

Result<void> LogIn::run() {
  if (FO_TRY(ask_methods())) return {};
  bool in = false;
  if (options_.identity_file) {
    in = FO_TRY(by_identity_file(*options_.identity_file));
  } else if (options_.password_file) {
    in = FO_TRY(by_password(*options_.password_file));
  } else {
    in = FO_TRY(by_agent());
    if (!in) in = FO_TRY(by_default_keys());
  }
  if (in) return {};
  if (tried_.empty()) {
    return fail(
        ErrorKind::permission,
        "there is neither a key nor a password to log in with; name one with --identity-file or --password-file");
  }
  return fail(ErrorKind::permission, fmt::format("the server does not accept {}; see its authorized_keys and its log",
                                                 fmt::join(tried_, ", nor ")));
}

}  // namespace

Result<void> log_in(SshSession& session, const std::string& user, const SshOptions& options, const Context& context) {
  return LogIn(session, user, options, context).run();
}

}  // namespace failover
