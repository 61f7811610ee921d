#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <failover/error.hpp>
#include <failover/source.hpp>

#include "source/sftp_packet.hpp"

namespace failover {

/// Reads ranges of one open file with many requests under way, so that a wait is shared by all of them. The file is
/// looked at before the first byte and after the last: it must be the object that was listed. Pure: it says what to
/// send and is told what came. After an error answers may still come that belong to it.
class SftpPipeline {
 public:
  /// So many may be under way.
  static constexpr std::size_t most_requests = 512;

  /// @param ranges ascending, not overlapping
  /// @param id the next request's, counted on
  SftpPipeline(const ObjectInfo& object, std::string handle, std::vector<ByteRange> ranges, std::uint32_t& id);

  /// What may be sent by now.
  std::string requests();
  /// @param sink given what is next; what comes out of turn waits for what is before it.
  Result<void> take(const SftpAnswer& answer, const Source::Sink& sink);
  /// All is read, and no answer is to come.
  [[nodiscard]] bool done() const noexcept { return step_ == Step::through && pending_.empty(); }

 private:
  enum class Step { first_look, reading, last_look, through };

  struct Request {
    std::uint32_t id = 0;
    bool waiting = true;
    bool look = false;
    std::uint64_t offset = 0;  ///< of what is still to come
    std::uint32_t left = 0;
    std::uint32_t asked = 0;
    std::vector<std::byte> held = {};  ///< what came out of turn, up to offset
  };

  void look(std::string& out);
  void read_on(std::string& out);
  [[nodiscard]] Result<void> judge(const SftpAnswer& answer) const;
  Result<void> take_data(Request& request, const SftpAnswer& answer, const Source::Sink& sink);
  Result<void> deliver(const Source::Sink& sink);

  const ObjectInfo& object_;
  std::string handle_;
  std::vector<ByteRange> ranges_;
  std::size_t at_ = 0;
  std::uint64_t done_of_range_ = 0;
  std::uint32_t& id_;
  Step step_ = Step::first_look;
  std::deque<Request> pending_;  ///< in the order of the object
  std::uint64_t under_way_ = 0;
  std::uint32_t largest_;  ///< what the server gives at once
  std::string again_;      ///< requests for what an answer left out
};

}  // namespace failover
