#include "core/stream_digest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "core/crc.hpp"

namespace failover {

struct StreamDigest::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> digest;  ///< none: it is a CRC-32C
  std::uint32_t crc = 0;
};

StreamDigest::StreamDigest(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
StreamDigest::StreamDigest(StreamDigest&&) noexcept = default;
StreamDigest& StreamDigest::operator=(StreamDigest&&) noexcept = default;
StreamDigest::~StreamDigest() = default;

std::optional<StreamDigest> StreamDigest::of(std::string_view algorithm) {
  auto state = std::make_unique<State>();
  if (algorithm == "crc32c") return StreamDigest(std::move(state));
  const EVP_MD* kind = nullptr;
  if (algorithm == "md5") kind = EVP_md5();
  if (algorithm == "sha1") kind = EVP_sha1();
  if (algorithm == "sha256") kind = EVP_sha256();
  if (kind == nullptr) return std::nullopt;
  state->digest.reset(EVP_MD_CTX_new());
  // A policy of the system may forbid MD5: then it is as if the store had said nothing.
  if (EVP_DigestInit_ex(state->digest.get(), kind, nullptr) != 1) return std::nullopt;
  return StreamDigest(std::move(state));
}

void StreamDigest::add(std::span<const std::byte> bytes) {
  if (state_->digest) {
    EVP_DigestUpdate(state_->digest.get(), bytes.data(), bytes.size());
  } else {
    state_->crc = crc32c(bytes, state_->crc);
  }
}

std::string StreamDigest::hex() {
  if (!state_->digest) return fmt::format("{:08x}", state_->crc);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->digest.get(), bytes.data(), &size);
  std::string text;
  for (const auto byte : std::span(bytes).first(size)) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace failover
