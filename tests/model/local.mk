## SPDX-License-Identifier: MIT
## Models against slow and obvious references, by random steps.
unit_tests += tests/model/test-model
tests_model_test_model_SOURCES = tests/model/test-model.c \
	tests/model/model.c tests/model/model.h tests/model/world-gic.c \
	tests/model/world-gic.h tests/model/steps-gic.c \
	tests/model/ref-gic.c tests/model/ref-gic.h tests/model/ref-gicd.c \
	tests/model/ref-cpu.c tests/model/ref-its.c tests/model/ref-time.c tests/model/world-mpic.c \
	tests/model/ref-mpic.c tests/model/ref-mpic.h \
	tests/gic/gic-fake.c tests/gic/gic-fake.h tests/gic/gic-regs.h \
	tests/gic/its-fake.c tests/gic/its-fake.h
tests_model_test_model_LDADD = src/gic/libgic.a src/mpic/libmpic.a $(base_libs) $(CHECK_LIBS)
tests_model_test_model_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
