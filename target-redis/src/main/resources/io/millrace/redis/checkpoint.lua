-- Stores the checkpoint alone.
return refusal() or store_checkpoint()
