"""The five voice banks: one kernel each, over lanes."""
