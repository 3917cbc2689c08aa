//! The widest instructions of this processor, found out when it runs.

use pulp::NullaryFnOnce;

#[cfg(target_arch = "x86_64")]
pulp::simd_type! {
    /// Counts the bits of eight words at a time.
    struct Counting {
        popcnt: "popcnt",
        bmi1: "bmi1",
        bmi2: "bmi2",
        lzcnt: "lzcnt",
        avx2: "avx2",
        avx512f: "avx512f",
        avx512bw: "avx512bw",
        avx512dq: "avx512dq",
        avx512vl: "avx512vl",
        avx512vpopcntdq: "avx512vpopcntdq",
    }
}

/// Calls `job` with the best instructions there are, for what of it is inlined.
pub(super) fn call<J: NullaryFnOnce>(job: J) -> J::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(widest) = Counting::try_new() {
            return widest.vectorize(job);
        }
        if let Some(wide) = pulp::x86::V3::try_new() {
            return wide.vectorize(job);
        }
    }
    job.call()
}
