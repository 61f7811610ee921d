#pragma once

/// Marks what libfailover.so exports; everything else is hidden.
#define FAILOVER_EXPORT __attribute__((visibility("default")))
