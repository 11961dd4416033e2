## SPDX-License-Identifier: MIT
noinst_LTLIBRARIES += src/kernel/libkernel.la
src_kernel_libkernel_la_SOURCES = \
	src/kernel/arm64/attr.c \
	src/kernel/arm64/caps.c \
	src/kernel/clock.c \
	src/kernel/coalesced.c \
	src/kernel/device.c \
	src/kernel/dirty.c \
	src/kernel/event-thread.c \
	src/kernel/eventfd.c \
	src/kernel/arm64/idreg.c \
	src/kernel/internal.h \
	src/kernel/ioeventfd.c \
	src/kernel/irqfd.c \
	src/kernel/arm64/irqline.c \
	src/kernel/kernel.h \
	src/kernel/memslot.c \
	src/kernel/mmio-bus.c \
	src/kernel/arm64/onereg.c \
	src/kernel/arm64/psci.c \
	src/kernel/routing.c \
	src/kernel/arm64/smccc.c \
	src/kernel/arm64/smccc.h \
	src/kernel/stats.c \
	src/kernel/arm64/steal.c \
	src/kernel/system.c \
	src/kernel/arm64/table.c \
	src/kernel/arm64/timer.c \
	src/kernel/arm64/trng.c \
	src/kernel/arm64/vcpu.c \
	src/kernel/arm64/vm.c \
	src/kernel/vcpu-run.c \
	src/kernel/vcpu.c \
	src/kernel/vfio.c \
	src/kernel/vm-ioctl.c \
	src/kernel/vm.c
