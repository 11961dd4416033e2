/* SPDX-License-Identifier: MIT */
/*
 * The device tree that a guest is given, kept in the statistics file for the
 * names of its devices.
 */
#ifndef FAUXKVM_KERNEL_STAT_TREE_H
#define FAUXKVM_KERNEL_STAT_TREE_H

#include "base/types.h"

struct vm;

/* Keep it if one is at @gpa, and none is kept yet. */
void stat_tree_take(struct vm *vm, gpa_t gpa);

/* The same of the first places of memory that the VM can write, where firmware
 * is told of it. */
void stat_tree_take_first(struct vm *vm);

#endif
