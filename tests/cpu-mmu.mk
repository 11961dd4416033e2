## SPDX-License-Identifier: MIT
CPU_TESTS = tests/test-cpu-mmu tests/test-cpu-tlb tests/test-cpu-system tests/test-cpu-domain
unit_tests += $(CPU_TESTS)
CPU_TEST_LIBS = src/cpu/libcpu.la src/base/libbase.la $(CHECK_LIBS)
tests_test_cpu_mmu_SOURCES = tests/test-cpu-mmu.c tests/cpu-env.h
tests_test_cpu_mmu_LDADD = $(CPU_TEST_LIBS)
tests_test_cpu_mmu_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cpu_tlb_SOURCES = tests/test-cpu-tlb.c tests/cpu-env.h
tests_test_cpu_tlb_LDADD = $(CPU_TEST_LIBS)
tests_test_cpu_tlb_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cpu_system_SOURCES = tests/test-cpu-system.c tests/cpu-env.h
tests_test_cpu_system_LDADD = $(CPU_TEST_LIBS)
tests_test_cpu_system_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_test_cpu_domain_SOURCES = tests/test-cpu-domain.c tests/cpu-env.h
tests_test_cpu_domain_LDADD = $(CPU_TEST_LIBS)
tests_test_cpu_domain_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
