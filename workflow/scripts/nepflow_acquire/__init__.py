"""Public archives: the register, the transfer, what each archive needs."""
