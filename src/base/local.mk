## SPDX-License-Identifier: MIT
noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/attr.c \
	src/base/attr.h \
	src/base/costs-file.c \
	src/base/costs-file.h \
	src/base/costs.c \
	src/base/costs.h \
	src/base/device.h \
	src/base/exec-env.h \
	src/base/exec-head.h \
	src/base/fault.c \
	src/base/fault.h \
	src/base/fence.c \
	src/base/fence.h \
	src/base/fork-lock.h \
	src/base/held-fd.c \
	src/base/held-fd.h \
	src/base/histogram.c \
	src/base/histogram.h \
	src/base/host-arm64.h \
	src/base/host-ppc64.h \
	src/base/host-x86-64.h \
	src/base/host.c \
	src/base/host-jump.h \
	src/base/host.h \
	src/base/icc-regs.def \
	src/base/ini-file.c \
	src/base/ini-file.h \
	src/base/irqchip.c \
	src/base/irqchip.h \
	src/base/log-setting.h \
	src/base/log.c \
	src/base/log.h \
	src/base/message.c \
	src/base/message.h \
	src/base/messages.def \
	src/base/mmio-regs.c \
	src/base/mmio-regs.h \
	src/base/out-file.c \
	src/base/out-file.h \
	src/base/refuse.c \
	src/base/refuse.h \
	src/base/since.c \
	src/base/since.h \
	src/base/sysreg-enc.h \
	src/base/text-file.c \
	src/base/text-file.h \
	src/base/thread-id.c \
	src/base/thread-id.h \
	src/base/types.h \
	src/base/warn.c \
	src/base/warn.h \
	src/base/word-lock.c \
	src/base/word-lock.h
## What links it; libinih static, as the VMM may have one of its own.
base_libs = src/base/libbase.a $(INIH_LIBS)
