#include "archive/inflater.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include <isa-l/igzip_lib.h>

namespace failover {

void Inflater::Free::operator()(inflate_state* state) const noexcept {
  delete state;
}

Inflater::Inflater() : state_(new inflate_state) {
  reset();
}
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;
Inflater::~Inflater() = default;

void Inflater::reset() noexcept {
  ::isal_inflate_init(state_.get());
  state_->crc_flag = ISAL_DEFLATE;
}

void Inflater::feed(std::span<const std::byte> packed) noexcept {
  // ISA-L only reads from next_in; its interface lacks the const.
  state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(packed.data()));
  state_->avail_in = static_cast<std::uint32_t>(packed.size());
}

bool Inflater::unpack(std::span<std::byte> room, std::size_t& filled) noexcept {
  state_->next_out = reinterpret_cast<std::uint8_t*>(room.data());
  state_->avail_out = static_cast<std::uint32_t>(room.size());
  const int result = ::isal_inflate(state_.get());
  filled = room.size() - state_->avail_out;
  return result == ISAL_DECOMP_OK || result == ISAL_END_INPUT;
}

bool Inflater::finished() const noexcept {
  return state_->block_state == ISAL_BLOCK_FINISH;
}

std::size_t Inflater::unused() const noexcept {
  // Whole bytes that wait in its bit buffer were taken from the input but are not part of the stream.
  const auto waiting = state_->read_in_length > 0 ? static_cast<std::size_t>(state_->read_in_length) / 8 : 0;
  return state_->avail_in + waiting;
}

}  // namespace failover
