#include "source/sftp_pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "source/sftp_packet.hpp"

namespace failover {

namespace {

/// Every server gives so much at once (draft section 3).
constexpr std::uint32_t largest_read = 32 * 1024;
constexpr std::uint32_t smallest_read = 4 * 1024;
/// A line of 1 Gbit/s with a round trip of 50 ms is full with 6 MB.
constexpr std::uint64_t most_bytes = std::uint64_t{8} * 1024 * 1024;

}  // namespace

SftpPipeline::SftpPipeline(const ObjectInfo& object, std::string handle, std::vector<ByteRange> ranges,
                           std::uint32_t& id)
    : object_(object), handle_(std::move(handle)), ranges_(std::move(ranges)), id_(id), largest_(largest_read) {}

void SftpPipeline::look(std::string& out) {
  pending_.push_back({.id = id_++, .look = true});
  append_sftp_fstat(out, pending_.back().id, handle_);
}

void SftpPipeline::read_on(std::string& out) {
  while (at_ < ranges_.size() && pending_.size() < most_requests && under_way_ < most_bytes) {
    const auto& range = ranges_[at_];
    const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(largest_, range.length - done_of_range_));
    if (length > 0) {
      const auto offset = range.offset + done_of_range_;
      pending_.push_back({.id = id_++, .offset = offset, .left = length, .asked = length});
      append_sftp_read(out, pending_.back().id, handle_, offset, length);
      under_way_ += length;
      done_of_range_ += length;
    }
    if (done_of_range_ < range.length) continue;
    ++at_;
    done_of_range_ = 0;
  }
}

std::string SftpPipeline::requests() {
  auto out = std::exchange(again_, {});
  if (step_ == Step::first_look) {
    look(out);
    step_ = Step::reading;
  }
  if (step_ == Step::reading) {
    read_on(out);
    if (at_ == ranges_.size()) step_ = Step::last_look;
  }
  // Right behind the last read: a server does one after the other, so this costs no wait of its own.
  if (step_ == Step::last_look) {
    look(out);
    step_ = Step::through;
  }
  return out;
}

Result<void> SftpPipeline::judge(const SftpAnswer& answer) const {
  if (answer.type == SftpType::status && answer.status != sftp_ok) {
    return std::unexpected(sftp_error(answer.status, "cannot look at " + object_.path));
  }
  if (answer.type != SftpType::attributes || !answer.size || !answer.modified) {
    return fail(ErrorKind::protocol, "the server does not tell size and time of " + object_.path);
  }
  if (*answer.size == object_.size && WallTime(std::chrono::seconds(*answer.modified)) == object_.modified) return {};
  return fail(ErrorKind::conflict, object_.name + " was replaced or written to meanwhile");
}

Result<void> SftpPipeline::take_data(Request& request, const SftpAnswer& answer, const Source::Sink& sink) {
  if (answer.type == SftpType::status && answer.status == sftp_end_of_file) {
    return fail(ErrorKind::conflict, object_.name + " ends before it should; it was changed meanwhile");
  }
  if (answer.type == SftpType::status && answer.status != sftp_ok) {
    return std::unexpected(sftp_error(answer.status, "cannot read " + object_.path));
  }
  if (answer.type != SftpType::data || answer.bytes.empty() || answer.bytes.size() > request.left) {
    return fail(ErrorKind::protocol, "the server does not give the bytes of " + object_.path + " that were asked for");
  }
  const auto count = static_cast<std::uint32_t>(answer.bytes.size());
  if (&request == &pending_.front()) {
    FO_TRY(sink(request.offset, answer.bytes));
  } else {
    request.held.insert(request.held.end(), answer.bytes.begin(), answer.bytes.end());
  }
  request.offset += count;
  request.left -= count;
  request.waiting = request.left > 0;
  if (!request.waiting) return {};
  largest_ = std::min(largest_, std::max(count, smallest_read));
  request.id = id_++;
  append_sftp_read(again_, request.id, handle_, request.offset, request.left);
  return {};
}

Result<void> SftpPipeline::deliver(const Source::Sink& sink) {
  while (!pending_.empty()) {
    auto& front = pending_.front();
    if (!front.held.empty()) {
      FO_TRY(sink(front.offset - front.held.size(), front.held));
      front.held.clear();
    }
    if (front.waiting) break;
    under_way_ -= front.asked;
    pending_.pop_front();
  }
  return {};
}

Result<void> SftpPipeline::take(const SftpAnswer& answer, const Source::Sink& sink) {
  const auto request =
      std::ranges::find_if(pending_, [&](const Request& each) { return each.waiting && each.id == answer.id; });
  if (request == pending_.end()) {
    return fail(ErrorKind::protocol, "the server answers an SFTP request that was not made");
  }
  if (request->look) {
    FO_TRY(judge(answer));
    request->waiting = false;
  } else {
    FO_TRY(take_data(*request, answer, sink));
  }
  return deliver(sink);
}

}  // namespace failover
