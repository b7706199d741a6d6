;; CRC-64/XZ, sixteen bytes at a time, by sixteen tables of 256 words that the caller puts at the beginning of the memory:
;; table t has what a byte becomes once t more bytes have passed through. Compiled into module.ts by scripts/crc64.ts.
(module
  (memory (export "memory") 2)

  ;; The register after the bytes from $at to before $end.
  (func (export "update") (param $register i64) (param $at i32) (param $end i32) (result i64)
    (local $first i64) (local $second i64) (local $last i32)
    (local.set $last (i32.sub (local.get $end) (i32.const 16)))
    (block $few
      (loop $next
        (br_if $few (i32.gt_s (local.get $at) (local.get $last)))
        (local.set $first (i64.xor (local.get $register) (i64.load (local.get $at))))
        (local.set $second (i64.load offset=8 (local.get $at)))
        (local.set $register
          (i64.xor
            (i64.xor
              (i64.xor
                (i64.xor
                  (i64.load offset=30720 (i32.and (i32.wrap_i64 (i64.shl (local.get $first) (i64.const 3))) (i32.const 2040)))
                  (i64.load offset=28672 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 5))) (i32.const 2040))))
                (i64.xor
                  (i64.load offset=26624 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 13))) (i32.const 2040)))
                  (i64.load offset=24576 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 21))) (i32.const 2040)))))
              (i64.xor
                (i64.xor
                  (i64.load offset=22528 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 29))) (i32.const 2040)))
                  (i64.load offset=20480 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 37))) (i32.const 2040))))
                (i64.xor
                  (i64.load offset=18432 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 45))) (i32.const 2040)))
                  (i64.load offset=16384 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $first) (i64.const 53))) (i32.const 2040))))))
            (i64.xor
              (i64.xor
                (i64.xor
                  (i64.load offset=14336 (i32.and (i32.wrap_i64 (i64.shl (local.get $second) (i64.const 3))) (i32.const 2040)))
                  (i64.load offset=12288 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 5))) (i32.const 2040))))
                (i64.xor
                  (i64.load offset=10240 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 13))) (i32.const 2040)))
                  (i64.load offset=8192 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 21))) (i32.const 2040)))))
              (i64.xor
                (i64.xor
                  (i64.load offset=6144 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 29))) (i32.const 2040)))
                  (i64.load offset=4096 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 37))) (i32.const 2040))))
                (i64.xor
                  (i64.load offset=2048 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 45))) (i32.const 2040)))
                  (i64.load offset=0 (i32.and (i32.wrap_i64 (i64.shr_u (local.get $second) (i64.const 53))) (i32.const 2040))))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $register
          (i64.xor
            (i64.shr_u (local.get $register) (i64.const 8))
            (i64.load
              (i32.shl
                (i32.and (i32.xor (i32.wrap_i64 (local.get $register)) (i32.load8_u (local.get $at))) (i32.const 255))
                (i32.const 3)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $register)))
