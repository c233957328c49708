-- Stores the checkpoint alone.
return store_checkpoint()
