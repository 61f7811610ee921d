#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "source/sftp_packet.hpp"
#include "source/sftp_pipeline.hpp"

using failover::ByteRange;
using failover::ObjectInfo;
using failover::Result;
using failover::SftpPipeline;
using failover::test::must;

/// A server that says the input whatever it is asked. What it brings must lie in the ranges, in order and without gaps.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ObjectInfo object{"a.zip", "/a.zip", 100'000, failover::WallTime(std::chrono::seconds(1'000)), {}};
  const std::vector<ByteRange> ranges{{10, 5}, {1'000, 40'000}, {90'000, 10'000}};
  std::uint32_t id = 1;
  SftpPipeline pipeline(object, "h", ranges, id);
  std::size_t at = 0;
  std::uint64_t done = 0;
  const auto sink = [&](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<void> {
    must(!bytes.empty() && at < ranges.size() && offset == ranges[at].offset + done, "bytes come in order");
    done += bytes.size();
    must(done <= ranges[at].length, "and within what was asked for");
    if (done == ranges[at].length) {
      ++at;
      done = 0;
    }
    return {};
  };
  auto stream = std::as_bytes(std::span(data, size));
  while (!pipeline.done()) {
    must(pipeline.requests().size() <= 100'000, "requests are bounded");
    const auto before = stream.size();
    const auto answer = failover::take_sftp_answer(stream);
    if (!answer || !*answer) return 0;
    must(stream.size() < before && (*answer)->bytes.size() <= before - stream.size(),
         "an answer is part of the stream");
    if (!pipeline.take(**answer, sink)) return 0;
  }
  must(at == ranges.size(), "what is done is whole");
  return 0;
}
