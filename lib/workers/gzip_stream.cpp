#include "workers/gzip_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <isa-l/igzip_lib.h>

#include <failover/error.hpp>

#include "archive/archive_rule.hpp"
#include "core/file_io.hpp"

namespace failover {

namespace {

constexpr std::size_t packed_chunk = std::size_t{256} * 1024;
constexpr std::size_t unpacked_chunk = std::size_t{1024} * 1024;

}  // namespace

GzipStream::GzipStream(int fd)
    : fd_(fd), state_(std::make_unique<inflate_state>()), packed_(packed_chunk, '\0'), room_(unpacked_chunk, '\0') {
  ::isal_inflate_init(state_.get());
  state_->crc_flag = ISAL_GZIP;
}

GzipStream::~GzipStream() = default;

Result<bool> GzipStream::fill() {
  if (state_->avail_in > 0) return true;
  const auto count = FO_TRY(read_at(fd_, offset_, std::as_writable_bytes(std::span(packed_))));
  offset_ += count;
  state_->next_in = reinterpret_cast<std::uint8_t*>(packed_.data());
  state_->avail_in = static_cast<std::uint32_t>(count);
  return count > 0;
}

/// What follows begins where this member ended: whole bytes that wait in the bit buffer were taken too early.
Result<void> GzipStream::end_member() {
  const auto waiting = state_->read_in_length > 0 ? static_cast<std::uint64_t>(state_->read_in_length) / 8 : 0;
  offset_ -= state_->avail_in + waiting;
  ::isal_inflate_reset(state_.get());
  state_->crc_flag = ISAL_GZIP;
  state_->avail_in = 0;
  inside_ = false;
  return {};
}

Result<std::span<const std::byte>> GzipStream::next() {
  while (true) {
    if (!FO_TRY(fill())) {
      if (inside_) return refuse(ArchiveRule::data, "its gzip stream was cut off");
      return std::span<const std::byte>();
    }
    inside_ = true;
    state_->next_out = reinterpret_cast<std::uint8_t*>(room_.data());
    state_->avail_out = static_cast<std::uint32_t>(room_.size());
    const int result = ::isal_inflate(state_.get());
    if (result == ISAL_INCORRECT_CHECKSUM) return refuse(ArchiveRule::data, "its content does not have gzip's CRC-32");
    if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT) {
      return refuse(ArchiveRule::data, "it is no gzip stream, or bytes follow its end");
    }
    const auto filled = room_.size() - state_->avail_out;
    if (state_->block_state == ISAL_BLOCK_FINISH) FO_TRY(end_member());
    if (filled > 0) return std::as_bytes(std::span(room_)).first(filled);
  }
}

}  // namespace failover
